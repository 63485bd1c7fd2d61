/** Sending of train events to Kafka. */
@NullMarked
package dev.trainyard.trainer.report;

import org.jspecify.annotations.NullMarked;
