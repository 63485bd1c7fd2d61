/** The loop that takes one job at a time from Kafka. */
package dev.trainyard.trainer.intake;
