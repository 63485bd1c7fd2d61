package dev.trainyard.gateway.training;

import dev.trainyard.gateway.DatabaseAway;
import dev.trainyard.message.DeadLetters;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.WireJson;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes events from Kafka; a batch is acknowledged once all of it is in the database. */
@ApplicationScoped
public class TrainEventChannel {
    private static final Logger LOG = LoggerFactory.getLogger(TrainEventChannel.class);
    private static final long RETRY_MILLIS = 500;

    private final TrainEventApplier applier;
    private final EventPositions positions;
    private final DeadLetters deadLetters;
    private final CountDownLatch stopping = new CountDownLatch(1);

    TrainEventChannel(TrainEventApplier applier, EventPositions positions, DeadLetters deadLetters) {
        this.positions = positions;
        this.applier = applier;
        this.deadLetters = deadLetters;
    }

    @Incoming("train-events")
    @Blocking
    void receive(ConsumerRecords<byte[], byte[]> batch) throws InterruptedException {
        for (ConsumerRecord<byte[], byte[]> message : batch) {
            TrainEvent event;
            try {
                event = WireJson.read(message.value(), TrainEvent.class);
                requireWhole(event);
            } catch (MalformedMessageException e) {
                LOG.error(
                        "{}-{} offset {}: {}", message.topic(), message.partition(), message.offset(), e.getMessage());
                deadLetters.send(message, e.getMessage());
                continue;
            }
            applyWhenPossible(event, message);
        }
        keepPositionWhenPossible(batch);
    }

    private void keepPositionWhenPossible(ConsumerRecords<byte[], byte[]> batch) throws InterruptedException {
        while (true) {
            try {
                positions.applied(batch);
                return;
            } catch (JdbiException e) {
                if (!DatabaseAway.is(e) || stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw e;
                }
                LOG.warn("the position of the events waits for the database: {}", e.toString());
            }
        }
    }

    private static void requireWhole(TrainEvent event) throws MalformedMessageException {
        if (event.key() == null || event.token() == null || event.fact() == null) {
            throw new MalformedMessageException("TrainEvent without key, token or fact");
        }
    }

    /** A database that is away delays events and loses none. */
    private void applyWhenPossible(TrainEvent event, ConsumerRecord<byte[], byte[]> message)
            throws InterruptedException {
        while (true) {
            try {
                applier.apply(event);
                return;
            } catch (JdbiException e) {
                if (!DatabaseAway.is(e)) {
                    LOG.error("event {} of job {} cannot be applied", event.sequence(), event.key(), e);
                    deadLetters.send(message, "cannot be applied: " + e.getMessage());
                    return;
                }
                LOG.warn("event {} of job {} waits for the database: {}", event.sequence(), event.key(), e.toString());
                if (stopping.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw e;
                }
            }
        }
    }

    void stop(@Observes ShutdownEvent event) {
        stopping.countDown();
    }
}
