package dev.trainyard.message;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * A job's place in the queue, in the order in which clients are told of it. It travels as a header, since the broker
 * keeps an order within a partition only.
 *
 * @param queuedMicros when it was queued, by the database's clock, microseconds since the epoch
 * @param number of the job, which rises with every submit
 */
public record JobPlace(long queuedMicros, long number) implements Comparable<JobPlace> {
    /** On records of {@link Topics#TRAIN_JOBS}: {@code queuedMicros/number}. */
    public static final String HEADER = "trainyard-place";

    private static final Comparator<JobPlace> ORDER =
            Comparator.comparingLong(JobPlace::queuedMicros).thenComparingLong(JobPlace::number);

    /** Empty where the sender did not say it, or not in this form. */
    public static Optional<JobPlace> of(Headers headers) {
        Header header = headers.lastHeader(HEADER);
        return header == null || header.value() == null
                ? Optional.empty()
                : parse(new String(header.value(), StandardCharsets.UTF_8));
    }

    /** Reads {@link #text()}. */
    public static Optional<JobPlace> parse(String text) {
        int slash = text.indexOf('/');
        try {
            return slash < 0
                    ? Optional.empty()
                    : Optional.of(new JobPlace(
                            Long.parseLong(text.substring(0, slash)), Long.parseLong(text.substring(slash + 1))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    public String text() {
        return queuedMicros + "/" + number;
    }

    /** Jobs that follow each other lie in partitions that follow each other, so that several trainers share them evenly. */
    public int partition(int partitions) {
        return Math.floorMod(number, partitions);
    }

    @Override
    public int compareTo(JobPlace other) {
        return ORDER.compare(this, other);
    }
}
