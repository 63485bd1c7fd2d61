/** Errors as application/problem+json (RFC 9457). */
package dev.trainyard.gateway.problem;
