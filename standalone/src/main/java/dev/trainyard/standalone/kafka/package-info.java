/** The embedded Kafka broker. */
@NullMarked
package dev.trainyard.standalone.kafka;

import org.jspecify.annotations.NullMarked;
