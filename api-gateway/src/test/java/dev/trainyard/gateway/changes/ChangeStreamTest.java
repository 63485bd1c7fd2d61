package dev.trainyard.gateway.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.trainyard.gateway.changes.ChangeStream.Batch;
import dev.trainyard.gateway.changes.ChangeStream.Event;
import dev.trainyard.job.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChangeStreamTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration LONG = Duration.ofMinutes(1);

    private final AtomicInteger hungUp = new AtomicInteger();
    private final ChangeStream stream = new ChangeStream("default", START, hungUp::incrementAndGet);

    @Test
    void changesOfOtherProjectsAreNotSent() {
        next(Duration.ZERO); // ready
        ChangeStream other = new ChangeStream("other", START, () -> {});
        other.next(Duration.ZERO);

        stream.publish(List.of(change(UUID.randomUUID(), 1)));
        other.publish(List.of(change(UUID.randomUUID(), 1)));

        assertThat(names(next(Duration.ZERO))).containsExactly("job");
        assertThat(names(other.next(Duration.ZERO).toCompletableFuture().join()))
                .doesNotContain("job");
    }

    @Test
    void aStreamBeginsWithReadyAndThenWaitsForChanges() {
        assertThat(names(next(LONG))).containsExactly("ready");
        CompletableFuture<Batch> waiting = stream.next(LONG).toCompletableFuture();
        assertThat(waiting).isNotDone();
        stream.publish(List.of(change(UUID.randomUUID(), 1)));
        assertThat(names(waiting.join())).containsExactly("job");
    }

    @Test
    void aJobThatChangedTwiceIsSentOnceInItsLatestState() {
        UUID key = UUID.randomUUID();
        UUID other = UUID.randomUUID();
        next(LONG);
        stream.publish(List.of(change(key, 1), change(other, 2)));
        stream.publish(List.of(change(key, 3), change(other, 1)));
        assertThat(next(LONG).events())
                .extracting(
                        event -> event.change().key(), event -> event.change().id())
                .containsExactly(tuple(other, 2L), tuple(key, 3L));
    }

    @Test
    void aClientThatMissedTooMuchReadsItsListsAgain() {
        next(LONG);
        stream.publish(IntStream.rangeClosed(0, ChangeStream.MOST_WAITING)
                .mapToObj(i -> change(UUID.randomUUID(), i))
                .toList());
        assertThat(names(next(LONG))).containsExactly("reload");
        stream.publish(List.of(change(UUID.randomUUID(), 1)));
        assertThat(names(next(LONG))).containsExactly("job");
    }

    @Test
    void anIdleStreamSendsHeartbeats() throws Exception {
        next(LONG);
        Batch batch = stream.next(Duration.ofMillis(10)).toCompletableFuture().get(5, TimeUnit.SECONDS);
        assertThat(batch.events()).containsExactly(Event.ALIVE);
        assertThat(batch.last()).isFalse();
    }

    @Test
    void aClosedStreamStopsWaiting() {
        next(LONG);
        CompletableFuture<Batch> waiting = stream.next(LONG).toCompletableFuture();
        stream.close();
        assertThat(waiting.join().last()).isTrue();
        assertThat(waiting.join().events()).isEmpty();
    }

    @Test
    void aStalledClientIsDisconnectedAndAWaitingOneIsNot() {
        Duration writeTimeout = Duration.ofSeconds(30);
        next(LONG);
        long later = System.nanoTime() + Duration.ofSeconds(31).toNanos();
        stream.closeIfStalled(System.nanoTime(), writeTimeout);
        assertThat(hungUp).hasValue(0);
        stream.closeIfStalled(later, writeTimeout);
        assertThat(hungUp).hasValue(1);
        stream.next(LONG);
        stream.closeIfStalled(later, writeTimeout);
        assertThat(hungUp).hasValue(1);
    }

    private Batch next(Duration limit) {
        return stream.next(limit).toCompletableFuture().join();
    }

    private static List<String> names(Batch batch) {
        return batch.events().stream().map(Event::name).toList();
    }

    private static JobChange change(UUID key, long id) {
        return new JobChange(
                id,
                key,
                JobStatus.QUEUED,
                1,
                null,
                0,
                2,
                null,
                0,
                null,
                null,
                1,
                null,
                START.plusSeconds(id),
                "default");
    }
}
