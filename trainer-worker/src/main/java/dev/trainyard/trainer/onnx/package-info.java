/** Checks of ONNX files, their conversion, and the export gate. */
package dev.trainyard.trainer.onnx;
