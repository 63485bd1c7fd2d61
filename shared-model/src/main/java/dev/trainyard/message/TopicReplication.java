package dev.trainyard.message;

import java.util.OptionalInt;

/**
 * How many brokers keep a copy of each topic. What is empty depends on the cluster: three copies of which two must have
 * a record before it counts as sent, where there are three brokers; otherwise one.
 *
 * @param factor number of copies
 * @param minInSync copies that must have a record
 */
public record TopicReplication(OptionalInt factor, OptionalInt minInSync) {
    public static final TopicReplication DEFAULTS = new TopicReplication(OptionalInt.empty(), OptionalInt.empty());

    static final String FACTOR_SETTING = "trainyard.topics.replication-factor";
    static final String MIN_IN_SYNC_SETTING = "trainyard.topics.min-insync-replicas";

    /** Copies in a cluster that can lose a broker without losing a record or refusing one. */
    private static final int SAFE_COPIES = 3;

    private static final int SAFE_MIN_IN_SYNC = 2;

    /** @throws IllegalArgumentException if no cluster could satisfy it */
    public TopicReplication {
        requirePositive(FACTOR_SETTING, factor);
        requirePositive(MIN_IN_SYNC_SETTING, minInSync);
        if (factor.isPresent() && minInSync.isPresent() && minInSync.getAsInt() > factor.getAsInt()) {
            throw new IllegalArgumentException(
                    "%s=%d is more than %s=%d; every record would be refused. Set it to %d or less."
                            .formatted(
                                    MIN_IN_SYNC_SETTING,
                                    minInSync.getAsInt(),
                                    FACTOR_SETTING,
                                    factor.getAsInt(),
                                    factor.getAsInt()));
        }
    }

    private static void requirePositive(String setting, OptionalInt value) {
        if (value.isPresent() && (value.getAsInt() < 1 || value.getAsInt() > Short.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "%s=%d must be from 1 to %d.".formatted(setting, value.getAsInt(), Short.MAX_VALUE));
        }
    }

    /** Copies of a new topic in a cluster of {@code brokers}. */
    int copies(int brokers) {
        return factor.orElse(brokers >= SAFE_COPIES ? SAFE_COPIES : 1);
    }

    /** Setting of a topic with {@code copies}. */
    int minInSync(int copies) {
        return minInSync.orElse(copies >= SAFE_COPIES ? SAFE_MIN_IN_SYNC : 1);
    }
}
