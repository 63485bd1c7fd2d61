/** Sending of train events to Kafka. */
package dev.trainyard.trainer.report;
