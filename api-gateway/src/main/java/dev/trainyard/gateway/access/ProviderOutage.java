package dev.trainyard.gateway.access;

import io.quarkus.oidc.OIDCException;
import io.smallrye.mutiny.TimeoutException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Tells an OpenID provider that does not respond from a token that is not valid. */
final class ProviderOutage {
    private ProviderOutage() {}

    static boolean isCauseOf(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OIDCException
                    || cause instanceof IOException
                    || cause instanceof TimeoutException
                    || cause instanceof java.util.concurrent.TimeoutException) {
                return true;
            }
        }
        return false;
    }
}
