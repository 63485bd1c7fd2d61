/** Conversion of Keras 2 files to ONNX, layer by layer. */
@NullMarked
package dev.trainyard.trainer.keras;

import org.jspecify.annotations.NullMarked;
