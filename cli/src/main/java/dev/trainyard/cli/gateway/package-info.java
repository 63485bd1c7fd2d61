/** HTTP client of the gateway, event streams, and discovery of running platforms. */
@NullMarked
package dev.trainyard.cli.gateway;

import org.jspecify.annotations.NullMarked;
