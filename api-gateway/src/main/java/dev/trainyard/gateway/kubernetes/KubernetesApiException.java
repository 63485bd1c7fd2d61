package dev.trainyard.gateway.kubernetes;

import org.jspecify.annotations.Nullable;

/** The API of the cluster refused a request, or could not be reached. */
final class KubernetesApiException extends RuntimeException {
    KubernetesApiException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
