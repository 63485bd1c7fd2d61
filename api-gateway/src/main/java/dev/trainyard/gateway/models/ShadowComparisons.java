package dev.trainyard.gateway.models;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Counts how often shadows disagree: here and, by increments that those of all gateways add up to, in the database. */
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

    /** Both answered the same picture. */
    public void compared(String name, int version, int shadow, boolean agreed) {
        add(new VersionPair(name, version, shadow), new Counts(1, agreed ? 0 : 1, 0), agreed ? "agreed" : "disagreed");
    }

    /** The shadow gave no answer to a picture that {@code version} answered. */
    public void failed(String name, int version, int shadow) {
        add(new VersionPair(name, version, shadow), new Counts(0, 0, 1), "failed");
    }

    /** Too many shadows were on their way already, so none was asked. */
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

    /** Adds what was counted since the last call to the database; kept for the next call if that fails. */
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

    /** In the pairs' order, so that two gateways never wait for each other's rows. */
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
