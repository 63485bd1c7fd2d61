/** Export of networks to ONNX, checks of ONNX files, and the export gate. */
package dev.trainyard.trainer.onnx;
