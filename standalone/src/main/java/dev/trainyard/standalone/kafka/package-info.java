/** The embedded Kafka broker. */
package dev.trainyard.standalone.kafka;
