/** The relay that sends committed outbox rows to Kafka. */
package dev.trainyard.gateway.outbox;
