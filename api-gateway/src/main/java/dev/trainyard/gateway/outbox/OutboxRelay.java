package dev.trainyard.gateway.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.KafkaException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what lies in the outbox and deletes it once every in-sync replica has it. A crash between the two sends a
 * record twice, never not at all; claims and sequences make the second one harmless. One relay works at a time,
 * whatever the number of gateways, so that records of one key keep their order. A record that Kafka refuses is tried
 * again a few times and then put into {@link OutboxQuarantine}; a broker that is away is waited for and counts against none.
 */
public final class OutboxRelay implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
    /** Any number that no other part locks. */
    private static final long LOCK = 0x747261696e796172L;

    private static final int BATCH = 500;
    /** A job of a thousand epochs takes half a megabyte to dispatch. */
    private static final int BATCH_BYTES = 8 * 1024 * 1024;

    private static final long IDLE_MILLIS = 500;
    private static final long LAST_RETRY_MILLIS = 2_000;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final int PAUSE_DOUBLINGS = 6;
    /** For how long a topic is not asked for after the broker refused it: one that is missing takes a while to be found so. */
    private static final long TOPIC_HOLD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long COUNT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Jdbi jdbi;
    private final OutboxSender sender;
    private final Rules rules;
    private final MeterRegistry metrics;
    private final AtomicInteger quarantined = new AtomicInteger();
    private final AtomicInteger held = new AtomicInteger();
    /** Topics that the broker refused, each with when it is asked again; {@link System#nanoTime}. */
    private final Map<String, Long> heldTopics = new HashMap<>();

    private final Semaphore work = new Semaphore(0);
    private final CountDownLatch pause = new CountDownLatch(1);
    private long countedAt = System.nanoTime() - COUNT_NANOS;
    private volatile boolean closed;

    /**
     * What follows from a refusal.
     *
     * @param tries after as many refusals of its record a row is put aside
     * @param topicLimit for how long a row whose whole topic is refused is tried before it is put aside
     * @param listener hears of those that are
     * @param jobEnded run after a transaction in which one was
     */
    public record Rules(int tries, Duration topicLimit, OutboxQuarantine.Listener listener, Runnable jobEnded) {}

    /** One that tries each record five times and tells nobody. */
    public OutboxRelay(Jdbi jdbi, Map<String, Object> kafka) {
        this(
                jdbi,
                kafka,
                new Rules(5, Duration.ofMinutes(10), (handle, row, reason, tries) -> true, () -> {}),
                new SimpleMeterRegistry());
    }

    public OutboxRelay(Jdbi jdbi, Map<String, Object> kafka, Rules rules, MeterRegistry metrics) {
        this.jdbi = jdbi;
        this.sender = new OutboxSender(kafka);
        this.rules = rules;
        this.metrics = metrics;
        metrics.gauge("trainyard.outbox.quarantined", quarantined);
        metrics.gauge("trainyard.outbox.held", held);
    }

    /** Says that something was committed to the outbox. */
    public void wake() {
        work.release();
    }

    @Override
    public void run() {
        long retryMillis = IDLE_MILLIS;
        try {
            while (!closed) {
                try {
                    count();
                    if (!relayBatch()) {
                        // other gateways' rows and those of a relay that died are found without a wake
                        work.tryAcquire(IDLE_MILLIS, TimeUnit.MILLISECONDS);
                        work.drainPermits();
                    }
                    retryMillis = IDLE_MILLIS;
                } catch (RuntimeException e) {
                    // whatever it is: a relay that ended would leave accepted jobs where no trainer sees them
                    LOG.warn("the outbox waits, trying again in {} ms: {}", retryMillis, e.toString());
                    pause.await(retryMillis, TimeUnit.MILLISECONDS);
                    retryMillis = Math.min(2 * retryMillis, LAST_RETRY_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Sends and deletes up to one batch.
     *
     * @return whether there may be more
     * @throws KafkaException if the broker was away for some; what was sent before is deleted
     */
    boolean relayBatch() throws InterruptedException {
        record Relayed(boolean more, boolean aside, Throwable away) {}
        Relayed relayed = jdbi.inTransaction(handle -> {
            boolean mine = handle.createQuery("select pg_try_advisory_xact_lock(:lock)")
                    .bind("lock", LOCK)
                    .mapTo(Boolean.class)
                    .one();
            heldTopics.values().removeIf(until -> System.nanoTime() - until >= 0);
            List<OutboxRow> rows = mine ? waiting(handle, heldTopics.keySet()) : List.of();
            if (rows.isEmpty()) {
                return new Relayed(false, false, null);
            }
            OutboxSender.Delivery delivery = sender.send(rows);
            delivery.missing.keySet().forEach(topic -> heldTopics.put(topic, System.nanoTime() + TOPIC_HOLD_NANOS));
            boolean aside = settle(handle, delivery);
            boolean more = rows.size() == BATCH
                    || rows.stream().mapToLong(OutboxRow::bytes).sum() >= BATCH_BYTES;
            return new Relayed(more, aside, delivery.away);
        });
        if (relayed.aside()) {
            countedAt = System.nanoTime() - COUNT_NANOS;
            rules.jobEnded().run();
        }
        if (relayed.away() != null) {
            throw new KafkaException("a record of the outbox could not be sent", relayed.away());
        }
        return relayed.more();
    }

    /** What waits behind a row of the same key that was refused keeps waiting, so that their order stays. */
    private static List<OutboxRow> waiting(Handle handle, Set<String> heldTopics) {
        return handle.createQuery("""
                        select id, topic, record_key, value, reason, place, tries from (
                            select first.*, sum(bytes) over (order by id) - bytes as before
                            from (
                                select *, coalesce(octet_length(value), 0) as bytes
                                from outbox o where not_before <= now() and quarantined_at is null
                                    and topic <> all(:held) and not exists (
                                    select 1 from outbox earlier where earlier.record_key = o.record_key
                                        and earlier.topic = o.topic and earlier.id < o.id and earlier.tries > 0
                                        and earlier.quarantined_at is null and earlier.not_before > now())
                                order by id limit :limit) first) counted
                        where before < :bytes order by id
                        """)
                .bindArray("held", String.class, heldTopics)
                .bind("limit", BATCH)
                .bind("bytes", BATCH_BYTES)
                .map((rs, context) -> new OutboxRow(
                        rs.getLong("id"),
                        rs.getString("topic"),
                        rs.getString("record_key"),
                        rs.getBytes("value"),
                        rs.getString("reason"),
                        rs.getString("place"),
                        rs.getInt("tries")))
                .list();
    }

    /** Returns whether a row was put aside. */
    private boolean settle(Handle handle, OutboxSender.Delivery delivery) {
        List<OutboxRow> gone = new ArrayList<>(delivery.sent);
        List<OutboxRow> aside = new ArrayList<>();
        // the listener first: it locks jobs, and who holds a job's lock may want rows of it
        delivery.refused.forEach((row, reason) -> {
            metrics.counter("trainyard.outbox.refused", "topic", row.topic()).increment();
            if (isAside(row, delivery.ofTopic.contains(row))) {
                boolean kept = rules.listener().quarantined(handle, row, reason, row.tries() + 1);
                (kept ? aside : gone).add(row);
            }
        });
        delivery.refused.forEach((row, reason) -> {
            if (!gone.contains(row)) {
                OutboxQuarantine.refuse(handle, row, reason, aside.contains(row), pause(row.tries()));
            }
        });
        if (!gone.isEmpty()) {
            OutboxQuarantine.supersede(handle, gone);
            handle.createUpdate("delete from outbox where id = any(:ids)")
                    .bindArray(
                            "ids", Long.class, gone.stream().map(OutboxRow::id).toList())
                    .execute();
        }
        return !aside.isEmpty();
    }

    /** Whether a row that is refused once more is put aside. */
    private boolean isAside(OutboxRow row, boolean ofTopic) {
        if (!ofTopic) {
            return row.tries() + 1 >= rules.tries();
        }
        Duration held = Duration.ZERO;
        for (int tries = 0; tries < row.tries() && held.compareTo(rules.topicLimit()) < 0; tries++) {
            held = held.plus(pause(tries));
        }
        return held.compareTo(rules.topicLimit()) >= 0;
    }

    private static Duration pause(int tries) {
        return FIRST_PAUSE.multipliedBy(1L << Math.min(tries, PAUSE_DOUBLINGS));
    }

    private void count() {
        if (System.nanoTime() - countedAt >= COUNT_NANOS) {
            countedAt = System.nanoTime();
            quarantined.set(jdbi.withHandle(OutboxQuarantine::count));
            held.set(jdbi.withHandle(OutboxQuarantine::countHeld));
        }
    }

    @Override
    public void close() {
        closed = true;
        pause.countDown();
        wake();
        sender.close();
    }
}
