package dev.trainyard.message;

import java.time.Duration;

/**
 * Retention limits of each kind of topic. A topic is limited by time and by size, so that neither a long run nor a
 * burst fills the broker's disk.
 *
 * @param jobs limits of {@link Topics#TRAIN_JOBS}; a job whose record has expired is dispatched again from PostgreSQL
 * @param events limits of {@link Topics#TRAIN_EVENTS}
 * @param control limits of {@link Topics#TRAIN_CONTROL}
 * @param predictions limits of {@link Topics#PREDICT_REQUESTS} and of {@link Topics#PREDICT_REPLIES}, each
 * @param deadLetters limits of each dead-letter topic
 */
public record TopicRetention(Bounds jobs, Bounds events, Bounds control, Bounds predictions, Bounds deadLetters) {
    private static final long MIB = 1024L * 1024;

    /** In total less than {@link Topics#MAX_BYTES}. */
    public static final TopicRetention DEFAULTS = new TopicRetention(
            new Bounds(Duration.ofDays(7), 384 * MIB),
            new Bounds(Duration.ofDays(7), 384 * MIB),
            new Bounds(Duration.ofDays(7), 64 * MIB),
            new Bounds(Duration.ofMinutes(10), 384 * MIB),
            new Bounds(Duration.ofDays(30), 64 * MIB));

    /** @param bytes limit of the whole topic, divided among its partitions */
    public record Bounds(Duration time, long bytes) {
        public Bounds {
            if (time.isNegative() || time.isZero() || bytes < MIB) {
                throw new IllegalArgumentException(
                        "A topic keeps at least 1 MiB for more than 0 s, not %d bytes for %s.".formatted(bytes, time));
            }
        }
    }
}
