/** A request for a prediction, as read from Kafka. */
package dev.trainyard.predictor.request;
