/** Requests that wait for a change, whichever gateway makes it. */
@NullMarked
package dev.trainyard.gateway.events;

import org.jspecify.annotations.NullMarked;
