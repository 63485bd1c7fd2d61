/** Reading of predict requests from Kafka, in batches. */
package dev.trainyard.predictor.intake;
