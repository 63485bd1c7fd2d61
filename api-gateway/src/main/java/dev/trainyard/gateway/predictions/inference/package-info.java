/** The Open Inference Protocol v2, with tensors as JSON or binary data. */
package dev.trainyard.gateway.predictions.inference;
