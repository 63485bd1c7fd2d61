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
 * Models in native code when a process ended for an unknown reason, with one file per model. The first end is only
 * recorded. From the second within {@link #WINDOW} on, the model is a suspect and runs alone, and only ends of
 * processes in which it ran alone count.
 */
final class CrashSuspects {
    private static final Logger LOG = LoggerFactory.getLogger(CrashSuspects.class);
    /** Number of ends within {@link #WINDOW} from which the model runs alone. */
    static final int SUSPECT_AT = 2;
    /** Number of ends within {@link #WINDOW} while running alone from which the model is considered the cause. */
    static final int LIMIT = 3;

    static final Duration WINDOW = Duration.ofMinutes(10);
    /** Processes that end this close together were probably killed together, so their ends count once. */
    static final Duration TOGETHER = Duration.ofSeconds(5);

    private static final String PREFIX = "suspect-";
    private static final String ALONE = "alone";

    private final Path dir;

    CrashSuspects(Path dir) {
        this.dir = dir;
    }

    /**
     * Crash counts of a model.
     *
     * @param ends number of ended processes in which it ran
     * @param alone number of those in which it ran alone
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

    /** Counts the end of a process, unless another process ended together with it. */
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

    /** Time until which each suspect runs alone, by SHA-256; deletes expired records. */
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
