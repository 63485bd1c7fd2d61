package dev.trainyard.standalone.platform;

import dev.trainyard.standalone.process.LogRotation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Limits for the processes' logs.
 *
 * @param bytes size at which a log is rotated
 * @param files number of old logs kept for each process
 */
record LogLimits(long bytes, int files) {
    private static final String SIZE = "TRAINYARD_LOG_SIZE";
    private static final String FILES = "TRAINYARD_LOG_FILES";

    /** @throws IOException if a setting is invalid; the message gives the format */
    static LogLimits of(Map<String, String> settings, Map<String, String> environment) throws IOException {
        String size = settings.getOrDefault(SIZE, environment.getOrDefault(SIZE, "10M"));
        String files = settings.getOrDefault(FILES, environment.getOrDefault(FILES, "3"));
        if (!size.matches("[1-9][0-9]{0,9}[KMG]?")) {
            throw new IOException("%s must be a size such as 500K, 10M or 1G, not \"%s\".".formatted(SIZE, size));
        }
        if (!files.matches("[0-9]{1,3}")) {
            throw new IOException("%s must be a number from 0 to 999, not \"%s\".".formatted(FILES, files));
        }
        return new LogLimits(bytes(size), Integer.parseInt(files));
    }

    private static long bytes(String size) {
        int unit = "KMG".indexOf(size.toUpperCase(Locale.ROOT).charAt(size.length() - 1));
        return unit < 0
                ? Long.parseLong(size)
                : Long.parseLong(size.substring(0, size.length() - 1)) << 10 * (unit + 1);
    }

    LogRotation rotation(Path folder, Consumer<String> messages) {
        return new LogRotation(folder, bytes, files, messages);
    }
}
