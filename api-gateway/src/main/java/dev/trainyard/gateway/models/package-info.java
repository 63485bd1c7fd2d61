/** The model registry: versions, aliases, routes and quarantine. */
@NullMarked
package dev.trainyard.gateway.models;

import org.jspecify.annotations.NullMarked;
