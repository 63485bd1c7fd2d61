package dev.trainyard.message;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Order of the jobs that were handed out to the trainers. It is sent as a header because the broker keeps order only
 * within a partition.
 *
 * @param queuedMicros time of the dispatch by the database's clock, in microseconds since the epoch; gateways of the
 *     release before write the time of queueing
 * @param number job number, which increases with each submission
 */
public record QueueOrder(long queuedMicros, long number) implements Comparable<QueueOrder> {
    /** Header of records in {@link Topics#TRAIN_JOBS}: {@code queuedMicros/number}. */
    public static final String HEADER = "trainyard-place";

    private static final Comparator<QueueOrder> ORDER =
            Comparator.comparingLong(QueueOrder::queuedMicros).thenComparingLong(QueueOrder::number);

    /** Empty if the header is missing or malformed. */
    public static Optional<QueueOrder> of(Headers headers) {
        Header header = headers.lastHeader(HEADER);
        return header == null || header.value() == null
                ? Optional.empty()
                : parse(new String(header.value(), StandardCharsets.UTF_8));
    }

    /** Parses {@link #text()}. */
    public static Optional<QueueOrder> parse(String text) {
        int slash = text.indexOf('/');
        try {
            return slash < 0
                    ? Optional.empty()
                    : Optional.of(new QueueOrder(
                            Long.parseLong(text.substring(0, slash)), Long.parseLong(text.substring(slash + 1))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    public String text() {
        return queuedMicros + "/" + number;
    }

    /** Assigns successive jobs to successive partitions, so that several trainers share them evenly. */
    public int partition(int partitions) {
        return Math.floorMod(number, partitions);
    }

    @Override
    public int compareTo(QueueOrder other) {
        return ORDER.compare(this, other);
    }
}
