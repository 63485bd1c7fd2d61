package dev.trainyard.gateway.runtime;

import io.smallrye.config.FallbackConfigSourceInterceptor;
import java.util.Map;

/** Reads settings that are not set by the names that they had in 0.1.0. */
public final class RenamedSettings extends FallbackConfigSourceInterceptor {
    private static final String OLD = "trainyard.predict.kept.";
    private static final String NEW = "trainyard.predict.async.";

    public RenamedSettings() {
        super(Map.of(
                NEW + "age", OLD + "age",
                NEW + "limit", OLD + "limit",
                NEW + "bytes", OLD + "bytes",
                NEW + "reply-timeout", OLD + "patience",
                NEW + "max-attempts", OLD + "asks"));
    }
}
