/** Start, settings and health of the predictor service. */
@NullMarked
package dev.trainyard.predictor;

import org.jspecify.annotations.NullMarked;
