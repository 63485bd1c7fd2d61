/** The stream of changes of all jobs, as server-sent events. */
@NullMarked
package dev.trainyard.gateway.changes;

import org.jspecify.annotations.NullMarked;
