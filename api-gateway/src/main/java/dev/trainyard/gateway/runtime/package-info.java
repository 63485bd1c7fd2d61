/** Settings, access to the database, background tasks and which gateway runs them, and notifications between gateways. */
@NullMarked
package dev.trainyard.gateway.runtime;

import org.jspecify.annotations.NullMarked;
