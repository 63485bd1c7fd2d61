/** Additions to the OpenAPI description that annotations cannot express. */
package dev.trainyard.gateway.description;
