package dev.trainyard.message;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A producer that is replaced after a fatal error. An idempotent one never sends again if the broker refused its first
 * connection, for example because the password of its user was not set yet.
 */
public final class RenewedProducer<K, V> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RenewedProducer.class);

    private final Supplier<? extends Producer<K, V>> producers;
    private @Nullable Producer<K, V> producer;
    private boolean closed;

    public RenewedProducer(Supplier<? extends Producer<K, V>> producers) {
        this.producers = producers;
        this.producer = producers.get();
    }

    /** Sends as {@link Producer#send}; after a fatal error the next record is sent by a new producer. */
    public Future<RecordMetadata> send(ProducerRecord<K, V> message, Callback callback) {
        Producer<K, V> current = current();
        return current.send(message, (metadata, failure) -> {
            if (failure != null && SendErrors.isFatalForProducer(failure)) {
                discard(current, failure);
            }
            callback.onCompletion(metadata, failure);
        });
    }

    private synchronized Producer<K, V> current() {
        if (producer == null) {
            if (closed) {
                throw new KafkaException("the producer is closed");
            }
            producer = producers.get();
        }
        return producer;
    }

    /** Records of the old producer that are pending fail too; they could not be sent any more. */
    private synchronized void discard(Producer<K, V> failed, Exception failure) {
        if (producer == failed && !closed) {
            LOG.warn("a producer is replaced after a fatal error: {}", failure.toString());
            producer = null;
            failed.close(Duration.ZERO);
        }
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /** Waits up to {@code limit} for pending records. */
    public void close(Duration limit) {
        Producer<K, V> last;
        synchronized (this) {
            closed = true;
            last = producer;
        }
        if (last != null) {
            last.close(limit);
        }
    }
}
