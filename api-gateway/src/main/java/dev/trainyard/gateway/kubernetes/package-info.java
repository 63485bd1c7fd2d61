/** What the gateway does in a Kubernetes cluster, where it is switched on. */
@NullMarked
package dev.trainyard.gateway.kubernetes;

import org.jspecify.annotations.NullMarked;
