/** Wiring, settings, database access and health of the gateway. */
package dev.trainyard.gateway;
