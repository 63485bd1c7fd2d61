/** Settings, access to the database, background tasks and which gateway runs them, and notifications between gateways. */
package dev.trainyard.gateway.runtime;
