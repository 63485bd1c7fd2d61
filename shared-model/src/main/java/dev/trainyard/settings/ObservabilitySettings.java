package dev.trainyard.settings;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Derives settings of the framework from those of the platform: without an endpoint no trace is recorded, and the format
 * of the log is one word. What a user sets by the framework's own names has precedence.
 */
public final class ObservabilitySettings implements ConfigSourceInterceptor {
    static final String ENDPOINT = "trainyard.traces.endpoint";
    static final String LOG_FORMAT = "trainyard.log.format";

    private static final String DISABLED = "quarkus.otel.sdk.disabled";
    private static final String OTLP_ENDPOINT = "quarkus.otel.exporter.otlp.endpoint";
    private static final String JSON = "quarkus.log.console.json.enabled";
    /** Ordinal of environment variables, which a user sets; files in the jar have less. */
    private static final int USER = 260;

    private static final long serialVersionUID = 1;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        return switch (name) {
            case DISABLED -> derived(context, name, endpoint(context).isPresent() ? "false" : "true");
            case OTLP_ENDPOINT ->
                endpoint(context)
                        .map(endpoint -> derived(context, name, endpoint))
                        .orElseGet(() -> context.proceed(name));
            case JSON -> derived(context, name, isJson(context) ? "true" : "false");
            default -> context.proceed(name);
        };
    }

    private static ConfigValue derived(ConfigSourceInterceptorContext context, String name, String value) {
        ConfigValue known = context.proceed(name);
        if (known != null && known.getValue() != null && known.getConfigSourceOrdinal() >= USER) {
            return known;
        }
        return ConfigValue.builder()
                .withName(name)
                .withValue(value)
                .withRawValue(value)
                .withConfigSourceName(ObservabilitySettings.class.getSimpleName())
                .withConfigSourceOrdinal(USER)
                .build();
    }

    private static Optional<String> endpoint(ConfigSourceInterceptorContext context) {
        return text(context, ENDPOINT);
    }

    private static boolean isJson(ConfigSourceInterceptorContext context) {
        String format = text(context, LOG_FORMAT).orElse("text");
        return switch (format) {
            case "json" -> true;
            case "text" -> false;
            default ->
                throw new IllegalArgumentException("%s is %s; it must be text or json".formatted(LOG_FORMAT, format));
        };
    }

    private static Optional<String> text(ConfigSourceInterceptorContext context, String name) {
        ConfigValue value = context.proceed(name);
        return Optional.ofNullable(value).map(ConfigValue::getValue).filter(text -> !text.isBlank());
    }
}
