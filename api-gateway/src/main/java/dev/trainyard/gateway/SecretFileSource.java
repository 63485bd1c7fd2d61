package dev.trainyard.gateway;

import dev.trainyard.settings.SecretFiles;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Settings that are secrets, from the files that {@code NAME_FILE} variables of the environment name. A file is read when
 * its setting is asked for, and its name is told to nobody, so that a build keeps no secret as a default.
 */
public final class SecretFileSource implements ConfigSource {
    /** That of the environment. */
    private static final int ORDINAL = 300;

    private final Map<String, String> environment;
    /** Names of variables by names of settings. */
    private final Map<String, String> variables;

    public SecretFileSource() {
        this(System.getenv());
    }

    SecretFileSource(Map<String, String> environment) {
        this.environment = environment;
        this.variables = SecretFiles.named(environment).values().stream()
                .collect(Collectors.toMap(SecretFileSource::setting, Function.identity()));
    }

    private static String setting(String variable) {
        return variable.toLowerCase(java.util.Locale.ROOT).replace('_', '.');
    }

    @Override
    public Set<String> getPropertyNames() {
        return Set.of();
    }

    /** @throws IllegalArgumentException if the file cannot be used; the gateway does not start then, and says why */
    @Override
    public String getValue(String setting) {
        String variable = variables.get(setting);
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
