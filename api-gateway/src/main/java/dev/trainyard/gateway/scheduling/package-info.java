/** Decides which waiting job runs next; without database and broker, so that the simulation runs the same rules. */
@NullMarked
package dev.trainyard.gateway.scheduling;

import org.jspecify.annotations.NullMarked;
