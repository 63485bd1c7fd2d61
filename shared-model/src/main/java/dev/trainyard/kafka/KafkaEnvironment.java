package dev.trainyard.kafka;

import dev.trainyard.settings.SecretFiles;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Kafka's client settings from environment variables: {@code KAFKA_SASL_MECHANISM} is {@code sasl.mechanism}, and
 * {@code KAFKA_SASL_JAAS_CONFIG_FILE} names a file with {@code sasl.jaas.config}.
 */
public final class KafkaEnvironment {
    private static final String PREFIX = "KAFKA_";
    private static final String FILE = ".file";

    private KafkaEnvironment() {}

    /** @throws IllegalArgumentException if a file of a secret cannot be used */
    public static Map<String, Object> settings(Map<String, String> environment) {
        Map<String, Object> settings = new TreeMap<>();
        environment.forEach((variable, value) -> {
            if (variable.startsWith(PREFIX)) {
                settings.put(setting(variable), value);
            }
        });
        return withSecrets(settings, environment);
    }

    /**
     * Adds the secrets that {@code _FILE} variables name to settings that a framework has read.
     *
     * @throws IllegalArgumentException if a file cannot be used
     */
    public static Map<String, Object> withSecrets(Map<String, Object> settings, Map<String, String> environment) {
        Map<String, Object> all = new TreeMap<>(settings);
        Map<String, String> files = SecretFiles.named(environment).entrySet().stream()
                .filter(file -> file.getKey().startsWith(PREFIX))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        files.forEach((variable, secret) -> {
            all.remove(setting(secret) + FILE);
            SecretFiles.value(secret, environment).ifPresent(value -> all.put(setting(secret), value));
        });
        return all;
    }

    private static String setting(String variable) {
        return variable.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '.');
    }
}
