/** Access tokens: who sends a request, and what the sender may do. */
@NullMarked
package dev.trainyard.gateway.access;

import org.jspecify.annotations.NullMarked;
