/** Checks of ONNX files, their conversion, and the export gate. */
@NullMarked
package dev.trainyard.trainer.onnx;

import org.jspecify.annotations.NullMarked;
