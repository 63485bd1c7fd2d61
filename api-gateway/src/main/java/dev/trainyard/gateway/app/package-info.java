/** Wiring, start, stop and health of a gateway. */
package dev.trainyard.gateway.app;
