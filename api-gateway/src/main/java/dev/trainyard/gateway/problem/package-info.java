/** Errors as application/problem+json (RFC 9457). */
@NullMarked
package dev.trainyard.gateway.problem;

import org.jspecify.annotations.NullMarked;
