/** A request for a prediction, as read from Kafka. */
@NullMarked
package dev.trainyard.predictor.request;

import org.jspecify.annotations.NullMarked;
