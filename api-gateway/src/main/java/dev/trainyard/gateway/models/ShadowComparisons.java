package dev.trainyard.gateway.models;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Counts the disagreements between shadows and the served versions. Each gateway adds its counts to the database. */
@Singleton
public final class ShadowComparisons {
    private final Jdbi jdbi;
    private final MeterRegistry metrics;
    private Map<VersionPair, Counts> unsaved = new TreeMap<>();

    private record VersionPair(String name, int version, int shadow) implements Comparable<VersionPair> {
        @Override
        public int compareTo(VersionPair other) {
            int byName = name.compareTo(other.name);
            int byVersion = byName != 0 ? byName : Integer.compare(version, other.version);
            return byVersion != 0 ? byVersion : Integer.compare(shadow, other.shadow);
        }
    }

    private record Counts(long compared, long disagreed, long failed) {
        Counts plus(Counts other) {
            return new Counts(compared + other.compared, disagreed + other.disagreed, failed + other.failed);
        }
    }

    public ShadowComparisons(Jdbi jdbi, MeterRegistry metrics) {
        this.jdbi = jdbi;
        this.metrics = metrics;
    }

    /** Counts an image that both versions predicted. */
    public void compared(String name, int version, int shadow, boolean agreed) {
        add(new VersionPair(name, version, shadow), new Counts(1, agreed ? 0 : 1, 0), agreed ? "agreed" : "disagreed");
    }

    /** Counts an image that {@code version} predicted and the shadow did not. */
    public void failed(String name, int version, int shadow) {
        add(new VersionPair(name, version, shadow), new Counts(0, 0, 1), "failed");
    }

    /** Counts a request without a shadow, because too many shadow requests were pending. */
    public void skipped(String name) {
        count(name, "skipped");
    }

    private void add(VersionPair pair, Counts counts, String outcome) {
        count(pair.name(), outcome);
        synchronized (this) {
            unsaved.merge(pair, counts, Counts::plus);
        }
    }

    private void count(String name, String outcome) {
        metrics.counter("trainyard.shadow.requests", "model", name, "outcome", outcome)
                .increment();
    }

    /** Adds the counts since the last call to the database; if that fails, the next call adds them. */
    public void flush() {
        Map<VersionPair, Counts> saving;
        synchronized (this) {
            saving = unsaved;
            unsaved = new TreeMap<>();
        }
        if (saving.isEmpty()) {
            return;
        }
        try {
            save(saving);
        } catch (JdbiException e) {
            synchronized (this) {
                saving.forEach((pair, counts) -> unsaved.merge(pair, counts, Counts::plus));
            }
            throw e;
        }
    }

    /** In a fixed order, so that two gateways do not deadlock. */
    private void save(Map<VersionPair, Counts> saving) {
        jdbi.useTransaction(handle -> {
            PreparedBatch batch = handle.prepareBatch("""
                    insert into model_comparison (name, version, shadow_version, compared, disagreed, failed)
                    values (:name, :version, :shadow, :compared, :disagreed, :failed)
                    on conflict (name, version, shadow_version) do update set
                        compared = model_comparison.compared + excluded.compared,
                        disagreed = model_comparison.disagreed + excluded.disagreed,
                        failed = model_comparison.failed + excluded.failed, last_at = now()
                    """);
            saving.forEach((pair, counts) -> batch.bind("name", pair.name())
                    .bind("version", pair.version())
                    .bind("shadow", pair.shadow())
                    .bind("compared", counts.compared())
                    .bind("disagreed", counts.disagreed())
                    .bind("failed", counts.failed())
                    .add());
            batch.execute();
        });
    }
}
