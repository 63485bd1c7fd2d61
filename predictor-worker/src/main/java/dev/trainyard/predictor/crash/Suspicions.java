package dev.trainyard.predictor.crash;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Models that were in native code when a process ended for an unknown reason, with one file for each. */
final class Suspicions {
    /** Number of such ends within {@link #WINDOW} after which the model is treated as the cause. */
    static final int LIMIT = 3;

    static final Duration WINDOW = Duration.ofMinutes(10);
    private static final String PREFIX = "suspect-";

    private final Path dir;

    Suspicions(Path dir) {
        this.dir = dir;
    }

    /** Records an end for the model; returns the current number. */
    int add(String sha256, Instant at) throws IOException {
        Path file = file(sha256);
        Files.writeString(file, at + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return recent(file, at);
    }

    /** Until when each model is a suspect, by SHA-256; expired entries are deleted. */
    Map<String, Instant> current(Instant now) throws IOException {
        Map<String, Instant> suspects = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir, PREFIX + "*")) {
            for (Path file : files) {
                if (recent(file, now) == 0) {
                    Files.deleteIfExists(file);
                } else {
                    suspects.put(file.getFileName().toString().substring(PREFIX.length()), now.plus(WINDOW));
                }
            }
        }
        return suspects;
    }

    void forget(String sha256) throws IOException {
        Files.deleteIfExists(file(sha256));
    }

    private static int recent(Path file, Instant now) throws IOException {
        List<String> lines = Files.readAllLines(file);
        return (int) lines.stream().filter(line -> isRecent(line, now)).count();
    }

    private static boolean isRecent(String line, Instant now) {
        try {
            return Instant.parse(line).isAfter(now.minus(WINDOW));
        } catch (DateTimeParseException e) {
            return false; // truncated on a full disk
        }
    }

    private Path file(String sha256) throws IOException {
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IOException("no SHA-256: " + sha256);
        }
        return dir.resolve(PREFIX + sha256);
    }
}
