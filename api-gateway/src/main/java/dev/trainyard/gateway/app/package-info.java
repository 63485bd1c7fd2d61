/** Wiring, start, stop and health of a gateway. */
@NullMarked
package dev.trainyard.gateway.app;

import org.jspecify.annotations.NullMarked;
