/** Settings and metrics of a predictor. */
@NullMarked
package dev.trainyard.predictor.runtime;

import org.jspecify.annotations.NullMarked;
