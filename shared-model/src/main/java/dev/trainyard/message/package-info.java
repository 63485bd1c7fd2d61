/** Kafka topics and the messages on them. */
@NullMarked
package dev.trainyard.message;

import org.jspecify.annotations.NullMarked;
