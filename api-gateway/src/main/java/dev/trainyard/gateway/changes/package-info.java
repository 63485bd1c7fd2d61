/** The stream of changes of all jobs, as server-sent events. */
package dev.trainyard.gateway.changes;
