/** The platform's Kafka topics: their creation, their settings, and topics that were created again. */
@NullMarked
package dev.trainyard.gateway.topics;

import org.jspecify.annotations.NullMarked;
