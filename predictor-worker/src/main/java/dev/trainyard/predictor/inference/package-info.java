/** Predictions with ONNX Runtime, from decoded images to calibrated answers. */
@NullMarked
package dev.trainyard.predictor.inference;

import org.jspecify.annotations.NullMarked;
