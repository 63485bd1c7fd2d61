package dev.trainyard.predictor.crash;

import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.message.WireJson;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Quarantines without proof by a signal. They apply only to the predictors that share the folder, and only for {@link
 * #LENGTH}; afterwards the model is a suspect.
 */
final class LocalQuarantineStore {
    private static final Logger LOG = LoggerFactory.getLogger(LocalQuarantineStore.class);
    static final Duration LENGTH = Duration.ofHours(1);
    private static final String PREFIX = "quarantine-";

    private final Path dir;

    LocalQuarantineStore(Path dir) {
        this.dir = dir;
    }

    static Instant until(ModelQuarantine quarantine) {
        return quarantine.at().plus(LENGTH);
    }

    void add(ModelQuarantine quarantine) throws IOException {
        Files.write(dir.resolve(PREFIX + quarantine.sha256()), WireJson.write(quarantine));
    }

    /** Quarantines in force. */
    List<ModelQuarantine> current(Instant now) throws IOException {
        return read(now).stream().filter(one -> now.isBefore(until(one))).toList();
    }

    /** Time until which each quarantined or formerly quarantined model is a suspect, by SHA-256. */
    Map<String, Instant> suspects(Instant now) throws IOException {
        Map<String, Instant> suspects = new HashMap<>();
        for (ModelQuarantine one : read(now)) {
            suspects.put(one.sha256(), until(one).plus(CrashSuspects.WINDOW));
        }
        return suspects;
    }

    /** Reads all quarantines and deletes expired ones. */
    private List<ModelQuarantine> read(Instant now) throws IOException {
        List<ModelQuarantine> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir, PREFIX + "*")) {
            for (Path file : files) {
                try {
                    ModelQuarantine one = ModelQuarantine.read(Files.readAllBytes(file));
                    if (one.at() != null && now.isBefore(until(one).plus(CrashSuspects.WINDOW))) {
                        found.add(one);
                    } else {
                        Files.deleteIfExists(file);
                    }
                } catch (MalformedMessageException e) {
                    LOG.warn("{} was written in part and is deleted: {}", file, e.toString());
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    LOG.warn("{} cannot be read: {}", file, e.toString());
                }
            }
        }
        return found;
    }
}
