package dev.trainyard.gateway.outbox;

import dev.trainyard.gateway.runtime.ChangeTopic;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.Notifier;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends outbox rows and deletes each once all in-sync replicas have acknowledged it. A crash in between sends a record
 * twice; claims and sequence numbers make duplicates harmless. Only one gateway relays at a time, so that records of
 * one key keep their order. A record that Kafka refuses repeatedly goes into {@link OutboxQuarantine}; an unreachable
 * broker does not count as a refusal.
 */
@Singleton
public final class OutboxRelay implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
    /** Key of the advisory lock; unique within the database. */
    private static final long LOCK = 0x747261696e796172L;

    private static final int BATCH = 500;
    /** A job of a thousand epochs takes half a megabyte to dispatch. */
    private static final int BATCH_BYTES = 8 * 1024 * 1024;

    /** Pause while another gateway relays, and first one after a failure. */
    private static final long RETRY_MILLIS = 500;

    private static final long LAST_RETRY_MILLIS = 2_000;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final int PAUSE_DOUBLINGS = 6;
    /** Time without sends to a topic that the broker refused, because each attempt at a missing topic blocks. */
    private static final long TOPIC_HOLD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long COUNT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Jdbi jdbi;
    private final OutboxSender sender;
    private final Rules rules;
    private final MeterRegistry metrics;
    private final AtomicInteger quarantined = new AtomicInteger();
    private final AtomicInteger held = new AtomicInteger();
    /** Refused topics with the time of the next attempt, as {@link System#nanoTime}. */
    private final Map<String, Long> heldTopics = new HashMap<>();

    private final Semaphore work = new Semaphore(0);
    private final CountDownLatch pause = new CountDownLatch(1);
    /** Time to the next query for rows; used by the thread of the relay only. */
    private long idleMillis;

    private long countedAt = System.nanoTime() - COUNT_NANOS;
    private volatile boolean closed;

    /**
     * Handling of refused records.
     *
     * @param tries number of refusals after which a row is quarantined
     * @param topicLimit time after which a row is quarantined if its whole topic is refused
     * @param listener called for each quarantined row
     * @param jobsChanged called after a transaction that quarantined a row
     * @param poll longest time between two queries for rows
     */
    public record Rules(
            int tries, Duration topicLimit, OutboxQuarantine.Listener listener, Runnable jobsChanged, Duration poll) {}

    /** Creates a relay that tries each record five times and notifies no listener. */
    public OutboxRelay(Jdbi jdbi, Map<String, Object> kafka) {
        this(
                jdbi,
                kafka,
                new Rules(
                        5,
                        Duration.ofMinutes(10),
                        (handle, row, reason, tries) -> true,
                        () -> {},
                        Duration.ofSeconds(2)),
                new SimpleMeterRegistry());
    }

    @Inject
    OutboxRelay(
            Jdbi jdbi,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            GatewaySettings settings,
            OutboxQuarantine.Listener listener,
            Notifier notifier,
            MeterRegistry metrics,
            Tracer tracer) {
        this(
                jdbi,
                kafka,
                new Rules(
                        settings.outbox().tries(),
                        settings.outbox().topicLimit(),
                        listener,
                        () -> notifier.publish(ChangeTopic.JOBS),
                        settings.background().poll()),
                metrics,
                tracer);
    }

    /** A relay that traces nothing. */
    public OutboxRelay(Jdbi jdbi, Map<String, Object> kafka, Rules rules, MeterRegistry metrics) {
        this(jdbi, kafka, rules, metrics, TracerProvider.noop().get(""));
    }

    public OutboxRelay(Jdbi jdbi, Map<String, Object> kafka, Rules rules, MeterRegistry metrics, Tracer tracer) {
        this.jdbi = jdbi;
        this.sender = new OutboxSender(kafka, tracer);
        this.rules = rules;
        this.metrics = metrics;
        metrics.gauge("trainyard.outbox.quarantined", quarantined);
        metrics.gauge("trainyard.outbox.held", held);
    }

    /** Makes the relay look for new rows at once; called after a commit to the outbox. */
    public void wake() {
        work.release();
    }

    @Override
    public void run() {
        long retryMillis = RETRY_MILLIS;
        try {
            while (!closed) {
                try {
                    count();
                    boolean more = relayBatch();
                    retryMillis = RETRY_MILLIS;
                    if (!more) {
                        awaitWork();
                    }
                } catch (RuntimeException e) {
                    // any exception: if the relay ended, accepted jobs would never reach a trainer
                    LOG.warn("The outbox cannot be relayed, retrying in {} ms: {}", retryMillis, e.toString());
                    pause.await(retryMillis, TimeUnit.MILLISECONDS);
                    retryMillis = Math.min(2 * retryMillis, LAST_RETRY_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when the relay was woken, or when the outbox has rows after the time to the next query. */
    private void awaitWork() throws InterruptedException {
        while (!closed && !work.tryAcquire(idleMillis, TimeUnit.MILLISECONDS) && isEmpty()) {
            count();
        }
        work.drainPermits();
    }

    private boolean isEmpty() {
        return jdbi.withHandle(handle -> handle.createQuery("select not exists (select from outbox)")
                .mapTo(Boolean.class)
                .one());
    }

    /**
     * Sends and deletes up to one batch.
     *
     * @return true if there may be more
     * @throws KafkaException if the broker was unreachable for some; rows that were sent before are deleted
     */
    boolean relayBatch() throws InterruptedException {
        record Relayed(
                boolean more, boolean quarantined, @Nullable Throwable unreachable) {}
        idleMillis = RETRY_MILLIS;
        Relayed relayed = jdbi.inTransaction(handle -> {
            boolean mine = handle.createQuery("select pg_try_advisory_xact_lock(:lock)")
                    .bind("lock", LOCK)
                    .mapTo(Boolean.class)
                    .one();
            heldTopics.values().removeIf(until -> System.nanoTime() - until >= 0);
            List<OutboxRow> rows = mine ? waiting(handle, heldTopics.keySet()) : List.of();
            if (rows.isEmpty()) {
                if (mine && heldTopics.isEmpty()) {
                    idleMillis = untilDue(handle);
                }
                return new Relayed(false, false, null);
            }
            OutboxSender.Delivery delivery = sender.send(rows);
            delivery.missing.keySet().forEach(topic -> heldTopics.put(topic, System.nanoTime() + TOPIC_HOLD_NANOS));
            boolean anyQuarantined = settle(handle, delivery);
            boolean more = rows.size() == BATCH
                    || rows.stream().mapToLong(OutboxRow::bytes).sum() >= BATCH_BYTES;
            return new Relayed(more, anyQuarantined, delivery.unreachable);
        });
        if (relayed.quarantined()) {
            countedAt = System.nanoTime() - COUNT_NANOS;
            rules.jobsChanged().run();
        }
        if (relayed.unreachable() != null) {
            throw new KafkaException("a record of the outbox could not be sent", relayed.unreachable());
        }
        return relayed.more();
    }

    /** Returns the time until a delayed row is due; rows that a killed gateway left are found after the poll period. */
    private long untilDue(Handle handle) {
        long due = handle.createQuery(
                        "select coalesce(cast(extract(epoch from min(not_before) - now()) * 1000 as bigint), "
                                + ":poll) from outbox where quarantined_at is null and not_before > now()")
                .bind("poll", rules.poll().toMillis())
                .mapTo(Long.class)
                .one();
        return Math.max(1, Math.min(due, rules.poll().toMillis()));
    }

    /** Rows behind a refused row of the same key wait too, which keeps their order. */
    private static List<OutboxRow> waiting(Handle handle, Set<String> heldTopics) {
        return handle.createQuery("""
            select id, topic, record_key, value, reason, place, tries, traceparent from (
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
                        rs.getInt("tries"),
                        rs.getString("traceparent")))
                .list();
    }

    /** Deletes sent rows and delays or quarantines refused ones; returns true if a row was quarantined. */
    private boolean settle(Handle handle, OutboxSender.Delivery delivery) {
        List<OutboxRow> done = new ArrayList<>(delivery.sent);
        List<OutboxRow> toQuarantine = new ArrayList<>();
        // the listener first, because it locks jobs, and a holder of a job's lock may wait for rows of the outbox
        delivery.refused.forEach((row, reason) -> {
            metrics.counter("trainyard.outbox.refused", "topic", row.topic()).increment();
            if (isToQuarantine(row, delivery.ofTopic.contains(row))) {
                boolean needed = rules.listener().quarantined(handle, row, reason, row.tries() + 1);
                (needed ? toQuarantine : done).add(row);
            }
        });
        delivery.refused.forEach((row, reason) -> {
            if (!done.contains(row)) {
                OutboxQuarantine.refuse(handle, row, reason, toQuarantine.contains(row), pause(row.tries()));
            }
        });
        if (!done.isEmpty()) {
            OutboxQuarantine.supersede(handle, done);
            handle.createUpdate("delete from outbox where id = any(:ids)")
                    .bindArray(
                            "ids", Long.class, done.stream().map(OutboxRow::id).toList())
                    .execute();
        }
        return !toQuarantine.isEmpty();
    }

    /** Returns true if this refusal of {@code row} is the last one before quarantine. */
    private boolean isToQuarantine(OutboxRow row, boolean ofTopic) {
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
