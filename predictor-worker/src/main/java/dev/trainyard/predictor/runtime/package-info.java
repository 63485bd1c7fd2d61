/** Settings and metrics of a predictor. */
package dev.trainyard.predictor.runtime;
