package dev.trainyard.gateway.deadletters;

import dev.trainyard.message.Topics;
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
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the dead-letter topics from their ends, as a member of no group. Requests for the same at once share one
 * reading, and no more than {@link #READERS} read, so that any number of them needs little memory.
 */
public final class DeadLetterBox {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int READERS = 2;
    private static final int FETCH_BYTES = 4 * 1024 * 1024;

    private final Map<String, Object> kafka;
    private final long limitNanos;
    private final Semaphore readers = new Semaphore(READERS);
    private final Map<Integer, CompletableFuture<List<DeadLetter>>> readings = new ConcurrentHashMap<>();

    /** @param limit after which a broker is taken to be away */
    public DeadLetterBox(Map<String, Object> kafka, Duration limit) {
        this.limitNanos = limit.toNanos();
        this.kafka = new HashMap<>(kafka);
        this.kafka.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.kafka.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // of 5 MB a letter may be
        this.kafka.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        this.kafka.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES / 4);
    }

    /**
     * The newest letters of all topics, newest first.
     *
     * @throws KafkaException if the broker does not answer, or not in time
     */
    public List<DeadLetter> newest(int count) {
        CompletableFuture<List<DeadLetter>> mine = new CompletableFuture<>();
        CompletableFuture<List<DeadLetter>> earlier = readings.putIfAbsent(count, mine);
        if (earlier != null) {
            return join(earlier);
        }
        try {
            mine.complete(readInTurn(count, System.nanoTime() + limitNanos));
        } catch (KafkaException e) {
            mine.completeExceptionally(e);
        } finally {
            readings.remove(count, mine);
        }
        return join(mine);
    }

    private static List<DeadLetter> join(CompletableFuture<List<DeadLetter>> reading) {
        try {
            return reading.join();
        } catch (CompletionException e) {
            throw new KafkaException("the dead letters could not be read", e.getCause());
        }
    }

    private List<DeadLetter> readInTurn(int count, long deadline) {
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

    private List<DeadLetter> read(int count, long deadline) {
        List<TopicPartition> all = Topics.all().stream()
                .filter(spec -> Topics.isDeadLetter(spec.name()))
                .map(spec -> new TopicPartition(spec.name(), 0))
                .toList();
        List<DeadLetter> letters = new ArrayList<>();
        Consumer<byte[], byte[]> reader =
                new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            reader.assign(all);
            Map<TopicPartition, Long> begins = reader.beginningOffsets(all, until(deadline));
            Map<TopicPartition, Long> ends = reader.endOffsets(all, until(deadline));
            all.forEach(one -> reader.seek(one, Math.max(begins.get(one), ends.get(one) - count)));
            while (all.stream().anyMatch(one -> reader.position(one, until(deadline)) < ends.get(one))) {
                until(deadline);
                reader.poll(POLL).forEach(message -> letters.add(DeadLetter.of(message)));
            }
        } finally {
            reader.close(CloseOptions.timeout(Duration.ZERO));
        }
        letters.sort(Comparator.comparing(DeadLetter::at)
                .thenComparing(DeadLetter::offset)
                .reversed());
        return withoutRepetitions(letters).stream().limit(count).toList();
    }

    /** A process that ended between a letter and its note of it had it written again. */
    private static List<DeadLetter> withoutRepetitions(List<DeadLetter> letters) {
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
