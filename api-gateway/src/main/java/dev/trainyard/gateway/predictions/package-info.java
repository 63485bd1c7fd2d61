/** Synchronous predictions: requests to predictors over Kafka and their replies. */
package dev.trainyard.gateway.predictions;
