/** Asynchronous predictions: stored at once, sent to the predictors later, and read by their id. */
@NullMarked
package dev.trainyard.gateway.predictions.async;

import org.jspecify.annotations.NullMarked;
