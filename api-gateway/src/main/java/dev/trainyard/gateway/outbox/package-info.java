/** The relay that sends committed outbox rows to Kafka. */
@NullMarked
package dev.trainyard.gateway.outbox;

import org.jspecify.annotations.NullMarked;
