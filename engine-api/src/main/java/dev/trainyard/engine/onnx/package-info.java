/** ONNX files of trained networks, which every engine exports. */
@NullMarked
package dev.trainyard.engine.onnx;

import org.jspecify.annotations.NullMarked;
