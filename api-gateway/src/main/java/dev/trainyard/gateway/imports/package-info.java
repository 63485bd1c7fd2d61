/** Endpoints that accept models that were trained elsewhere. */
@NullMarked
package dev.trainyard.gateway.imports;

import org.jspecify.annotations.NullMarked;
