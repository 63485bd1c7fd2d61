package dev.trainyard.gateway.deadletters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trainyard.message.TopicSpec;
import dev.trainyard.message.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Dead letters that are too large to be read in time, and failing reads. */
class DeadLetterReaderTest {
    private static final Duration LIMIT = Duration.ofMillis(300);
    private static final TopicPartition JOBS = new TopicPartition(Topics.TRAIN_JOBS_DEAD_LETTER, 0);

    @Test
    void aTruncatedReadReturnsTheNewestLettersAndSaysSo() {
        DeadLetterReader box = new DeadLetterReader(() -> consumer(100, 92, 93, 94), LIMIT);
        DeadLetterReader.Reading reading = box.newest(100);
        assertThat(reading.truncated()).isTrue();
        assertThat(reading.letters()).extracting(DeadLetter::offset).containsExactly(94L, 93L, 92L);
    }

    @Test
    void aCompleteReadIsNotTruncated() {
        DeadLetterReader box = new DeadLetterReader(() -> consumer(3, 0, 1, 2), Duration.ofSeconds(10));
        DeadLetterReader.Reading reading = box.newest(100);
        assertThat(reading.truncated()).isFalse();
        assertThat(reading.letters()).hasSize(3);
    }

    @Test
    void aReadWithoutAnyLetterInTimeFails() {
        DeadLetterReader box = new DeadLetterReader(() -> consumer(100), LIMIT);
        assertThatThrownBy(() -> box.newest(100)).isInstanceOf(KafkaException.class);
    }

    @Test
    void aFailingReadReleasesAllWaitingRequests() throws Exception {
        CountDownLatch fail = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        DeadLetterReader box = new DeadLetterReader(
                () -> {
                    begun.countDown();
                    try {
                        fail.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    throw new OutOfMemoryError("as the test wants it");
                },
                Duration.ofSeconds(10));
        CompletableFuture<Throwable> first = failure(box, new Thread[1]);
        begun.await();
        Thread[] waiting = new Thread[1];
        CompletableFuture<Throwable> second = failure(box, waiting);
        await().until(() -> waiting[0] != null && waiting[0].getState() == Thread.State.WAITING);
        fail.countDown();
        for (CompletableFuture<Throwable> one : List.of(first, second)) {
            assertThat(one.get(10, TimeUnit.SECONDS)).hasRootCauseInstanceOf(OutOfMemoryError.class);
        }
    }

    private static CompletableFuture<Throwable> failure(DeadLetterReader box, Thread[] where) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                box.newest(10);
            } catch (Throwable e) {
                failure.complete(e);
            }
        });
        thread.setDaemon(true);
        where[0] = thread;
        thread.start();
        return failure;
    }

    /** The topic has {@code end} letters, of which only those at {@code offsets} are delivered. */
    private static MockConsumer<byte[], byte[]> consumer(long end, long... offsets) {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
        Map<TopicPartition, Long> none = Topics.all().stream()
                .map(TopicSpec::name)
                .filter(Topics::isDeadLetter)
                .map(topic -> new TopicPartition(topic, 0))
                .collect(Collectors.toMap(Function.identity(), partition -> 0L));
        consumer.updateBeginningOffsets(none);
        consumer.updateEndOffsets(none);
        consumer.updateEndOffsets(Map.of(JOBS, end));
        consumer.schedulePollTask(() -> {
            for (long offset : offsets) {
                consumer.addRecord(new ConsumerRecord<>(JOBS.topic(), 0, offset, new byte[0], new byte[] {'x'}));
            }
        });
        return consumer;
    }
}
