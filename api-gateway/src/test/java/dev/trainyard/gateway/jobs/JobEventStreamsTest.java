package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.gateway.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Event streams to fast, slow and stalled clients on a real database. */
class JobEventStreamsTest {
    private static final int EVENTS = 3 * JobEvents.PAGE - 50;

    private final Jdbi jdbi = TestDatabase.create();
    private final AtomicInteger pages = new AtomicInteger();
    private final AtomicInteger hungUp = new AtomicInteger();
    private final ExecutorService threads = Executors.newFixedThreadPool(4, JobEventStreamsTest::thread);
    private final JobWaiters waiters = new JobWaiters(new JobQueries(jdbi));
    private final JobEventStreams streams = new JobEventStreams(
            new JobEvents(jdbi),
            waiters,
            threads,
            new JobEventStreams.Settings(Duration.ofMillis(100), Duration.ofMillis(300)));

    /** Mutiny uses the context class loader, which may still be that of an earlier Quarkus test. */
    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task);
        thread.setContextClassLoader(JobEventStreamsTest.class.getClassLoader());
        return thread;
    }

    @BeforeEach
    void useOurOwnClasses() {
        Thread.currentThread().setContextClassLoader(JobEventStreamsTest.class.getClassLoader());
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** A client that requests one item at a time. */
    private static final class Client implements Flow.Subscriber<JobEventStreams.Event> {
        private final long wanted;
        private final List<JobEventStreams.Event> heard = new CopyOnWriteArrayList<>();
        private volatile Flow.Subscription line;
        private volatile boolean over;

        Client(long wanted) {
            this.wanted = wanted;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            line = subscription;
            subscription.request(wanted);
        }

        @Override
        public void onNext(JobEventStreams.Event line) {
            heard.add(line);
        }

        @Override
        public void onError(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void onComplete() {
            over = true;
        }

        List<Long> ids() {
            return heard.stream()
                    .map(JobEventStreams.Event::id)
                    .filter(id -> id != null)
                    .toList();
        }
    }

    @Test
    void aClientReceivesEachEventOnceAndThenTheEnd() {
        Client client = follow(job("success", EVENTS), 7, Long.MAX_VALUE);
        await().until(() -> client.over);
        assertThat(client.ids())
                .isEqualTo(LongStream.rangeClosed(8, EVENTS).boxed().toList());
        assertThat(client.heard.get(client.heard.size() - 1))
                .isEqualTo(new JobEventStreams.Event(null, "end", "{\"status\":\"success\"}", null));
        assertThat(streams.open()).isZero();
    }

    @Test
    void aSlowClientCostsOnePageAndAStalledOneIsDisconnected() {
        UUID key = job("success", EVENTS);
        jdbi.setSqlLogger(new SqlLogger() {
            @Override
            public void logAfterExecution(StatementContext context) {
                pages.incrementAndGet();
            }
        });
        Client client = follow(key, 0, 3);
        await().until(() -> client.heard.size() == 3);
        streams.sweep();
        assertThat(hungUp).hasValue(0);
        await().until(() -> {
            streams.sweep();
            return hungUp.get() > 0;
        });
        assertThat(client.heard).hasSize(3);
        assertThat(pages).hasValueLessThanOrEqualTo(2);

        client.line.cancel();
        await().until(() -> streams.open() == 0);
    }

    @Test
    void aWaitingClientReceivesHeartbeatsAndThenEvents() {
        UUID key = job("queued", 1);
        Client client = follow(key, 1, Long.MAX_VALUE);
        await().until(() -> client.heard.contains(new JobEventStreams.Event(null, null, null, "alive")));
        assertThat(client.ids()).isEmpty();
        jdbi.useTransaction(handle -> JobEvents.add(handle, key, JobEvents.STATUS, List.of()));
        waiters.requests().check();
        await().until(() -> client.ids().equals(List.of(2L)));
        streams.sweep();
        assertThat(hungUp).hasValue(0);
        assertThat(client.over).isFalse();
        client.line.cancel();
        await().until(() -> streams.open() == 0);
    }

    @Test
    void aStoppingGatewayEndsStreamsWithoutAnEndEvent() {
        Client client = follow(job("queued", 1), 0, Long.MAX_VALUE);
        await().until(() -> client.ids().size() == 1);
        waiters.close();
        await().until(() -> client.over);
        assertThat(client.heard).noneMatch(line -> "end".equals(line.name()));
        Client late = follow(job("queued", 1), 0, Long.MAX_VALUE);
        await().until(() -> late.over);
    }

    private Client follow(UUID key, long since, long wanted) {
        Client client = new Client(wanted);
        streams.follow(key, since, hungUp::incrementAndGet).subscribe().withSubscriber(client);
        return client;
    }

    private UUID job(String status, int events) {
        UUID key = UUID.randomUUID();
        jdbi.useHandle(handle -> {
            handle.execute(
                    "insert into job (key, status, config, epochs, last_event_id, ended_at) values (?, ?, '{}', 1, ?, "
                            + "case when ? = 'queued' then null else now() end)",
                    key,
                    status,
                    events,
                    status);
            handle.execute(
                    "insert into job_event (job_key, id, type, data) select ?, n, 'epoch', '{}' from generate_series(1, ?) n",
                    key,
                    events);
        });
        return key;
    }
}
