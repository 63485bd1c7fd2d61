/** Asynchronous predictions: stored at once, sent to the predictors later, and read by their id. */
package dev.trainyard.gateway.predictions.async;
