package dev.trainyard.settings;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads secrets from files: {@code TRAINYARD_ADMIN_TOKEN_FILE=/run/secrets/token} instead of {@code
 * TRAINYARD_ADMIN_TOKEN}. Unlike an environment variable, a file can be protected by owner and mode.
 */
public final class SecretFiles {
    private static final String SUFFIX = "_FILE";
    private static final Pattern SECRET = Pattern.compile(
            "(TRAINYARD|QUARKUS)_[A-Z0-9_]*(PASSWORD|SECRET|TOKEN)|KAFKA_[A-Z0-9_]*(PASSWORD|SECRET|JAAS_CONFIG)");
    private static final int MAX_BYTES = 65_536;

    private SecretFiles() {}

    /**
     * Returns the secret {@code name}: the text of the file named by {@code NAME_FILE}, or the variable itself.
     *
     * @throws IllegalArgumentException if the file cannot be used, or both variables are set; the message says what to
     *     do
     */
    public static Optional<String> value(String name, Map<String, String> environment) {
        String file = environment.get(name + SUFFIX);
        String direct = environment.get(name);
        if (file == null || file.isBlank()) {
            return Optional.ofNullable(direct);
        }
        if (direct != null && !direct.isBlank()) {
            throw new IllegalArgumentException(
                    "%s and %s are both set; unset one of them.".formatted(name, name + SUFFIX));
        }
        return Optional.of(read(name + SUFFIX, file.strip()));
    }

    /** Variables that name a secret file, such as TRAINYARD_ADMIN_TOKEN_FILE, mapped to the secret's own name. */
    public static Map<String, String> named(Map<String, String> environment) {
        Map<String, String> secrets = new TreeMap<>();
        for (String variable : environment.keySet()) {
            if (variable.endsWith(SUFFIX)) {
                String name = variable.substring(0, variable.length() - SUFFIX.length());
                if (SECRET.matcher(name).matches()) {
                    secrets.put(variable, name);
                }
            }
        }
        return secrets;
    }

    private static String read(String variable, String file) {
        Path path = Path.of(file);
        if (!Files.exists(path)) {
            throw unusable(variable, file, "which does not exist");
        }
        if (!Files.isRegularFile(path)) {
            throw unusable(variable, file, "which is not a file");
        }
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw unusable(variable, file, "which is larger than %d bytes".formatted(MAX_BYTES));
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(path)))
                    .toString();
            String secret = text.replaceFirst("\\R\\z", ""); // editors and echo append a line break
            if (secret.isBlank()) {
                throw unusable(variable, file, "which is empty");
            }
            return secret;
        } catch (CharacterCodingException e) {
            throw unusable(variable, file, "which is not UTF-8 text");
        } catch (IOException e) {
            throw unusable(variable, file, "which cannot be read by this user (" + e.getMessage() + ")");
        }
    }

    private static IllegalArgumentException unusable(String variable, String file, String why) {
        return new IllegalArgumentException(
                "%s names %s, %s. Point it to a readable file that holds the secret, or unset it."
                        .formatted(variable, file, why));
    }
}
