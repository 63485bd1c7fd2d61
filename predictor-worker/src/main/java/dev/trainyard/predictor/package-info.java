/** Start, settings and health of the predictor service. */
package dev.trainyard.predictor;
