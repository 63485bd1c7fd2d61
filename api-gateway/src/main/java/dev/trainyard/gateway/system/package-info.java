/** The state of the system: workers, topics, models and versions. */
@NullMarked
package dev.trainyard.gateway.system;

import org.jspecify.annotations.NullMarked;
