/** Traces that cross Kafka and the database, for services that have OpenTelemetry. */
@NullMarked
package dev.trainyard.tracing;

import org.jspecify.annotations.NullMarked;
