/** The state of the system: workers, topics, models and versions. */
package dev.trainyard.gateway.system;
