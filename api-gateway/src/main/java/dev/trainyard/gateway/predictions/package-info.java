/** Synchronous predictions: requests to predictors over Kafka and their replies. */
@NullMarked
package dev.trainyard.gateway.predictions;

import org.jspecify.annotations.NullMarked;
