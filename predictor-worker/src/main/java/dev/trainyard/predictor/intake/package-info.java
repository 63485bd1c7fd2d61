/** Reading of predict requests from Kafka, in batches. */
@NullMarked
package dev.trainyard.predictor.intake;

import org.jspecify.annotations.NullMarked;
