/** Predictions with ONNX Runtime, from decoded pictures to calibrated answers. */
package dev.trainyard.predictor.inference;
