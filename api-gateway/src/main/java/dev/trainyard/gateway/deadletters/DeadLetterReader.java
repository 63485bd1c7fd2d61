package dev.trainyard.gateway.deadletters;

import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.message.Topics;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the newest records of the dead-letter topics without a consumer group. Concurrent requests for the same number
 * share one read, and at most {@link #READERS} reads run at once, which bounds memory.
 */
@Singleton
public final class DeadLetterReader {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int READERS = 2;
    private static final int FETCH_BYTES = 4 * 1024 * 1024;
    /** Records per partition of the first step; each further step is {@link #STEP_FACTOR} times as large. */
    private static final int FIRST_STEP = 8;

    private static final int STEP_FACTOR = 4;

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final long limitNanos;
    private final Semaphore readers = new Semaphore(READERS);
    private final Map<Integer, CompletableFuture<Reading>> readings = new ConcurrentHashMap<>();

    @Inject
    DeadLetterReader(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this(kafka, Transactions.EDGE_LIMIT);
    }

    /** @param limit time limit of a read */
    public DeadLetterReader(Map<String, Object> kafka, Duration limit) {
        this(consumers(kafka), limit);
    }

    DeadLetterReader(Supplier<Consumer<byte[], byte[]>> consumers, Duration limit) {
        this.consumers = consumers;
        this.limitNanos = limit.toNanos();
    }

    private static Supplier<Consumer<byte[], byte[]>> consumers(Map<String, Object> kafka) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // a dead letter may have 5 MB
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES / 4);
        return () -> new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Result of a read.
     *
     * @param letters newest first
     * @param truncated true if the time limit was reached before all requested records were read
     */
    public record Reading(List<DeadLetter> letters, boolean truncated) {}

    /**
     * Returns the newest dead letters of all topics, newest first.
     *
     * @throws KafkaException if the broker does not answer in time
     */
    public Reading newest(int count) {
        CompletableFuture<Reading> mine = new CompletableFuture<>();
        CompletableFuture<Reading> earlier = readings.putIfAbsent(count, mine);
        if (earlier != null) {
            return join(earlier);
        }
        try {
            mine.complete(readInTurn(count, System.nanoTime() + limitNanos));
        } catch (Throwable e) {
            mine.completeExceptionally(e); // other requests may wait for this result
        } finally {
            readings.remove(count, mine);
        }
        return join(mine);
    }

    private static Reading join(CompletableFuture<Reading> reading) {
        try {
            return reading.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof KafkaException) {
                throw new KafkaException("the dead letters could not be read", e.getCause());
            }
            throw e;
        }
    }

    private Reading readInTurn(int count, long deadline) {
        try {
            if (!readers.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw new TimeoutException("others read the dead letters");
            }
            try {
                return read(count, deadline);
            } finally {
                readers.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while reading the dead letters", e);
        }
    }

    private Reading read(int count, long deadline) {
        List<TopicPartition> all = Topics.all().stream()
                .filter(spec -> Topics.isDeadLetter(spec.name()))
                .map(spec -> new TopicPartition(spec.name(), 0))
                .toList();
        List<DeadLetter> letters = new ArrayList<>();
        boolean truncated = false;
        Consumer<byte[], byte[]> reader = consumers.get();
        try {
            reader.assign(all);
            Map<TopicPartition, Long> begins = reader.beginningOffsets(all, until(deadline));
            Map<TopicPartition, Long> ends = reader.endOffsets(all, until(deadline));
            try {
                // newest first, so that they are present if the time limit is reached
                for (int done = 0, next; done < count; done = next) {
                    next = Math.min(count, Math.max(FIRST_STEP, done * STEP_FACTOR));
                    Map<TopicPartition, Long> to = back(ends, done, begins);
                    back(ends, next, begins).forEach(reader::seek);
                    readUntil(reader, to, letters, deadline);
                }
            } catch (TimeoutException e) {
                if (letters.isEmpty()) {
                    throw e;
                }
                truncated = true;
            }
        } finally {
            reader.close(CloseOptions.timeout(Duration.ZERO));
        }
        letters.sort(Comparator.comparing(DeadLetter::at)
                .thenComparing(DeadLetter::offset)
                .reversed());
        return new Reading(withoutDuplicates(letters).stream().limit(count).toList(), truncated);
    }

    /** Returns the offsets {@code count} records before {@code ends}, but not before {@code begins}. */
    private static Map<TopicPartition, Long> back(
            Map<TopicPartition, Long> ends, int count, Map<TopicPartition, Long> begins) {
        return ends.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, end -> Math.max(begins.get(end.getKey()), end.getValue() - count)));
    }

    private static void readUntil(
            Consumer<byte[], byte[]> reader, Map<TopicPartition, Long> to, List<DeadLetter> letters, long deadline) {
        while (to.entrySet().stream()
                .anyMatch(end -> reader.position(end.getKey(), until(deadline)) < end.getValue())) {
            until(deadline);
            for (ConsumerRecord<byte[], byte[]> message : reader.poll(POLL)) {
                if (message.offset() < to.get(new TopicPartition(message.topic(), message.partition()))) {
                    letters.add(DeadLetter.of(message));
                }
            }
        }
    }

    /**
     * Removes duplicates, which a process writes if it ended between sending a dead letter and committing its offset.
     */
    private static List<DeadLetter> withoutDuplicates(List<DeadLetter> letters) {
        Set<String> seen = new HashSet<>();
        return letters.stream()
                .filter(letter -> letter.sourceOffset() == null
                        || seen.add(
                                letter.sourceTopic() + ' ' + letter.sourcePartition() + ' ' + letter.sourceOffset()))
                .toList();
    }

    private static Duration until(long deadline) {
        long nanos = deadline - System.nanoTime();
        if (nanos <= 0) {
            throw new TimeoutException("the dead letters could not be read in time; ask for fewer");
        }
        return Duration.ofNanos(nanos);
    }
}
