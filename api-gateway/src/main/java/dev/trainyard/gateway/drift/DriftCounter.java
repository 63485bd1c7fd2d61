package dev.trainyard.gateway.drift;

import dev.trainyard.message.PredictReply;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Explained;
import dev.trainyard.message.PredictReply.Trust;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jdbi.v3.core.JdbiException;

/** Counts the images that predictors have answered. Each gateway adds its counts to the windows in the database. */
@Singleton
public final class DriftCounter {
    private final DriftWindows windows;
    private Map<VersionKey, ImageCounts> unsaved = new TreeMap<>();

    DriftCounter(DriftWindows windows) {
        this.windows = windows;
    }

    /** Counts one image; replies of models without reference histograms, and of earlier predictors, are ignored. */
    public void count(PredictReply reply) {
        Answered answered = reply.outcome() instanceof Explained explained
                ? explained.answered()
                : reply.outcome() instanceof Answered plain ? plain : null;
        if (answered == null || !ImageCounts.isCountable(answered)) {
            return;
        }
        Trust trust = Objects.requireNonNull(answered.trust());
        int[] bins = Objects.requireNonNull(trust.bins());
        synchronized (this) {
            unsaved.computeIfAbsent(
                            new VersionKey(answered.model(), answered.version()),
                            key -> new ImageCounts(answered.probabilities().length))
                    .add(answered, trust, bins);
        }
    }

    /** Adds the counts since the last call to the database; if that fails, the next call adds them. */
    public void flush() {
        Map<VersionKey, ImageCounts> saving;
        synchronized (this) {
            saving = unsaved;
            unsaved = new TreeMap<>();
        }
        if (saving.isEmpty()) {
            return;
        }
        try {
            windows.add(saving);
        } catch (JdbiException e) {
            synchronized (this) {
                saving.forEach((key, counts) -> unsaved.merge(key, counts, (now, before) -> {
                    now.add(before);
                    return now;
                }));
            }
            throw e;
        }
    }
}
