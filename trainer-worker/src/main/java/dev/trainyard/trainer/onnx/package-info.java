/** Export of networks to ONNX, checks of ONNX files, and the export gate. */
@NullMarked
package dev.trainyard.trainer.onnx;

import org.jspecify.annotations.NullMarked;
