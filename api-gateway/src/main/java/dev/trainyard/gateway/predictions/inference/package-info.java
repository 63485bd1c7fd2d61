/** The Open Inference Protocol v2, with tensors as JSON or binary data. */
@NullMarked
package dev.trainyard.gateway.predictions.inference;

import org.jspecify.annotations.NullMarked;
