/** The loop that takes one job at a time from Kafka. */
@NullMarked
package dev.trainyard.trainer.intake;

import org.jspecify.annotations.NullMarked;
