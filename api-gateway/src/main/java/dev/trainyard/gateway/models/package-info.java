/** The model registry: versions, aliases, routes and quarantine. */
package dev.trainyard.gateway.models;
