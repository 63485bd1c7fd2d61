package dev.trainyard.gateway.outbox;

import dev.trainyard.message.DeadLetters;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what lies in the outbox and deletes it once every in-sync replica has it. A crash between the two sends a
 * record twice, never not at all; claims and sequences make the second one harmless. One relay works at a time,
 * whatever the number of gateways, so that records of one key keep their order.
 */
public final class OutboxRelay implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
    /** Any number that no other part locks. */
    private static final long LOCK = 0x747261696e796172L;

    private static final int BATCH = 500;
    /** A job of a thousand epochs takes half a megabyte to dispatch. */
    private static final int BATCH_BYTES = 8 * 1024 * 1024;

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
    private static final long IDLE_MILLIS = 500;
    private static final long LAST_RETRY_MILLIS = 2_000;

    /** @param value null takes the key from a compacted topic */
    private record Row(long id, String topic, String key, byte[] value, String reason) {
        int bytes() {
            return value == null ? 0 : value.length;
        }
    }

    private final Jdbi jdbi;
    private final Producer<String, byte[]> producer;
    private final Semaphore work = new Semaphore(0);
    private final CountDownLatch pause = new CountDownLatch(1);
    private volatile boolean closed;

    public OutboxRelay(Jdbi jdbi, Map<String, Object> kafka) {
        this.jdbi = jdbi;
        this.producer = new KafkaProducer<>(config(kafka), new StringSerializer(), new ByteArraySerializer());
    }

    private static Map<String, Object> config(Map<String, Object> kafka) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // A failed batch stays in the outbox, so there is no need to wait long inside a transaction.
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
        config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        return config;
    }

    /** Says that something was committed to the outbox. */
    public void poke() {
        work.release();
    }

    @Override
    public void run() {
        long retryMillis = IDLE_MILLIS;
        try {
            while (!closed) {
                try {
                    if (!relayBatch()) {
                        // other gateways' rows and those of a relay that died are found without a poke
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

    /** Sends and deletes up to one batch; whether there may be more. */
    boolean relayBatch() throws InterruptedException {
        return jdbi.inTransaction(handle -> {
            boolean mine = handle.createQuery("select pg_try_advisory_xact_lock(:lock)")
                    .bind("lock", LOCK)
                    .mapTo(Boolean.class)
                    .one();
            if (!mine) {
                return false;
            }
            List<Row> rows = waiting(handle);
            if (!rows.isEmpty()) {
                send(rows);
                handle.createUpdate("delete from outbox where id = any(:ids)")
                        .bindArray("ids", Long.class, rows.stream().map(Row::id).toList())
                        .execute();
            }
            return rows.size() == BATCH
                    || rows.stream().mapToLong(row -> row.bytes()).sum() >= BATCH_BYTES;
        });
    }

    private static List<Row> waiting(Handle handle) {
        return handle.createQuery("""
                        select id, topic, record_key, value, reason from (
                            select first.*, sum(bytes) over (order by id) - bytes as before
                            from (
                                select *, coalesce(octet_length(value), 0) as bytes
                                from outbox where not_before <= now() order by id limit :limit) first) counted
                        where before < :bytes order by id
                        """)
                .bind("limit", BATCH)
                .bind("bytes", BATCH_BYTES)
                .map((rs, context) ->
                        new Row(rs.getLong(1), rs.getString(2), rs.getString(3), rs.getBytes(4), rs.getString(5)))
                .list();
    }

    private void send(List<Row> rows) throws InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>(rows.size());
        for (Row row : rows) {
            ProducerRecord<String, byte[]> message = new ProducerRecord<>(row.topic(), row.key(), row.value());
            if (row.reason() != null) {
                message.headers().add(DeadLetters.REASON, row.reason().getBytes(StandardCharsets.UTF_8));
            }
            Future<RecordMetadata> one = producer.send(message);
            if (one.isDone()) {
                await(one); // refused at once, as all the others would be, each after its wait for metadata
            }
            sent.add(one);
        }
        for (Future<RecordMetadata> one : sent) {
            await(one);
        }
    }

    private static void await(Future<RecordMetadata> sent) throws InterruptedException {
        try {
            sent.get();
        } catch (ExecutionException e) {
            throw new KafkaException("a record of the outbox could not be sent", e.getCause());
        }
    }

    @Override
    public void close() {
        closed = true;
        pause.countDown();
        poke();
        // what is not acknowledged by then stays in the outbox
        producer.close(CLOSE_LIMIT);
    }
}
