package dev.trainyard.predictor.crash;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Models that were in native code when a process ended for no reason that can be known, in a file for each. One such end
 * is only recorded; from the second on within {@link #WINDOW} the model is a suspect and runs alone, and only ends of a
 * process in which it ran alone count against it.
 */
final class CrashSuspects {
    private static final Logger LOG = LoggerFactory.getLogger(CrashSuspects.class);
    /** As many ends within {@link #WINDOW}, and the model runs alone from then on. */
    static final int SUSPECT_AT = 2;
    /** As many ends within {@link #WINDOW} while it ran alone, and the model is taken for their cause. */
    static final int LIMIT = 3;

    static final Duration WINDOW = Duration.ofMinutes(10);
    /** Processes that end so close to each other were most likely killed together, so their ends count once. */
    static final Duration TOGETHER = Duration.ofSeconds(5);

    private static final String PREFIX = "suspect-";
    private static final String ALONE = "alone";

    private final Path dir;

    CrashSuspects(Path dir) {
        this.dir = dir;
    }

    /**
     * What speaks against a model.
     *
     * @param ends of processes in which it ran
     * @param alone those of them in which it ran alone, as a suspect
     */
    record CrashCounts(int ends, int alone) {
        private static CrashCounts of(List<End> ends) {
            return new CrashCounts(
                    ends.size(), (int) ends.stream().filter(End::alone).count());
        }
    }

    private record End(Instant at, boolean alone) {
        private static End parse(String line) {
            String[] words = line.split(" ");
            return new End(Instant.parse(words[0]), words.length > 1 && words[1].equals(ALONE));
        }

        private boolean isWith(Instant other) {
            return Duration.between(at, other).abs().compareTo(TOGETHER) <= 0;
        }
    }

    /** Adds the end of a process to the model's counts, unless another ended together with it. */
    CrashCounts add(String sha256, Instant at, boolean alone) throws IOException {
        Path file = file(sha256);
        List<End> ends = recent(file, at);
        if (ends.stream().noneMatch(end -> end.isWith(at))) {
            Files.writeString(
                    file, at + (alone ? " " + ALONE : "") + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            ends.add(new End(at, alone));
        }
        return CrashCounts.of(ends);
    }

    /** Until when each suspect runs alone, by SHA-256; forgets models whose ends lie too far back. */
    Map<String, Instant> current(Instant now) throws IOException {
        Map<String, Instant> suspects = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir, PREFIX + "*")) {
            for (Path file : files) {
                try {
                    int ends = recent(file, now).size();
                    if (ends == 0) {
                        Files.deleteIfExists(file);
                    } else if (ends >= SUSPECT_AT) {
                        suspects.put(file.getFileName().toString().substring(PREFIX.length()), now.plus(WINDOW));
                    }
                } catch (IOException e) {
                    LOG.warn("{} cannot be read: {}", file, e.toString());
                }
            }
        }
        return suspects;
    }

    void forget(String sha256) throws IOException {
        Files.deleteIfExists(file(sha256));
    }

    private static List<End> recent(Path file, Instant now) throws IOException {
        List<End> ends = new ArrayList<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                try {
                    End end = End.parse(line);
                    if (end.at().isAfter(now.minus(WINDOW))) {
                        ends.add(end);
                    }
                } catch (DateTimeException e) {
                    LOG.debug("a line of {} was cut off when the disk was full", file);
                }
            }
        }
        return ends;
    }

    private Path file(String sha256) {
        return dir.resolve(PREFIX + sha256);
    }
}
