package dev.trainyard.gateway.runtime;

import org.jspecify.annotations.Nullable;

/** Tells whether this gateway serves requests. */
public interface Readiness {

    /** Returns the reason why it does not, as the rest of a sentence; null if it is ready. */
    @Nullable
    String notReady();
}
