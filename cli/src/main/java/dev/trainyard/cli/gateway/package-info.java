/** HTTP client of the gateway, event streams, and discovery of running platforms. */
package dev.trainyard.cli.gateway;
