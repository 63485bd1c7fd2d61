/** Drift of the served images from those that a model was fitted on. */
@NullMarked
package dev.trainyard.gateway.drift;

import org.jspecify.annotations.NullMarked;
