package dev.trainyard.gateway.runtime;

import dev.trainyard.settings.SecretFiles;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads secret settings from files named by {@code NAME_FILE} environment variables when a setting is requested.
 * Setting names are not listed, so that a build does not record a secret as a default.
 */
public final class SecretFileConfigSource implements ConfigSource {
    /** Same ordinal as environment variables. */
    private static final int ORDINAL = 300;

    private final Map<String, String> environment;
    /** Variable names by setting name, with dots instead of hyphens. */
    private final Map<String, String> variables;

    public SecretFileConfigSource() {
        this(System.getenv());
    }

    SecretFileConfigSource(Map<String, String> environment) {
        this.environment = environment;
        this.variables = SecretFiles.named(environment).values().stream()
                .collect(Collectors.toMap(SecretFileConfigSource::setting, Function.identity()));
    }

    private static String setting(String variable) {
        return variable.toLowerCase(java.util.Locale.ROOT).replace('_', '.');
    }

    @Override
    public Set<String> getPropertyNames() {
        return Set.of();
    }

    /**
     * @throws IllegalArgumentException if the file cannot be used; the gateway then does not start and logs the reason
     */
    @Override
    public @Nullable String getValue(String setting) {
        String variable = variables.get(setting.replace('-', '.'));
        return variable == null
                ? null
                : SecretFiles.value(variable, environment).orElse(null);
    }

    @Override
    public int getOrdinal() {
        return ORDINAL;
    }

    @Override
    public String getName() {
        return "files of secrets";
    }
}
