/** The Open Inference Protocol v2, with tensors as JSON or binary data. */
@NullMarked
package dev.trainyard.gateway.prediction.tensor;

import org.jspecify.annotations.NullMarked;
