/** Endpoints that accept models that were trained elsewhere. */
package dev.trainyard.gateway.imports;
