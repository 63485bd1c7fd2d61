package dev.trainyard.cli.gateway;

import dev.trainyard.cli.error.CommandException;
import dev.trainyard.settings.SecretFiles;
import org.jspecify.annotations.Nullable;

/**
 * Reads a token from the environment, or from the file that the environment names. Tokens are no options, because other
 * users could see them in the process list.
 */
public final class SecretVariable {
    private SecretVariable() {}

    /** Returns null if the variable is not set. */
    public static @Nullable String read(String name) throws CommandException {
        String set;
        try {
            set = System.getProperty(
                    name, SecretFiles.value(name, System.getenv()).orElse(null));
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(e.getMessage(), null);
        }
        if (set == null || set.isBlank()) {
            return null;
        }
        if (!isWord(set.strip())) {
            throw CommandException.usage("%s must be one word of printable ASCII.".formatted(name), null);
        }
        return set.strip();
    }

    /** Returns true if {@code text} can be sent as a token. */
    public static boolean isWord(String text) {
        return text.matches("[\\x21-\\x7e]+");
    }
}
