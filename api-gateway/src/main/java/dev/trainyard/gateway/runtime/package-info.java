/** The gateway's background work: its tasks, which gateway runs them, and notifications between gateways. */
package dev.trainyard.gateway.runtime;
