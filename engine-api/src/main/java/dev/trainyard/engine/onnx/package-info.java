/** ONNX files of trained networks, which every engine exports. */
package dev.trainyard.engine.onnx;
