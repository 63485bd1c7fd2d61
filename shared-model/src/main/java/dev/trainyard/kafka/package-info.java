/** Connections to a broker that asks for credentials: settings, access rules, and explanations of failures. */
@NullMarked
package dev.trainyard.kafka;

import org.jspecify.annotations.NullMarked;
