/** Conversion of Keras 2 files to ONNX, layer by layer. */
package dev.trainyard.trainer.keras;
