/** Kafka topics and the messages on them. */
package dev.trainyard.message;
