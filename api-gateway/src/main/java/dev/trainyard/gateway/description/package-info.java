/** Additions to the OpenAPI description that annotations cannot express. */
@NullMarked
package dev.trainyard.gateway.description;

import org.jspecify.annotations.NullMarked;
