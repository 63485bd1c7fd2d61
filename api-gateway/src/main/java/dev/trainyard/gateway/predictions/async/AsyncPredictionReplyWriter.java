package dev.trainyard.gateway.predictions.async;

import dev.trainyard.gateway.drift.DriftCounter;
import dev.trainyard.gateway.predictions.PredictorClient;
import dev.trainyard.gateway.runtime.TransientErrors;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.NewerVersionException;
import dev.trainyard.message.PredictReply;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the replies to asynchronous predictions of all gateways. Replies are queued, because the
 * thread that receives them must not wait for the database. If a reply is lost, the request is sent again.
 */
@Singleton
public final class AsyncPredictionReplyWriter implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AsyncPredictionReplyWriter.class);
    private static final int CAPACITY = 1_000;
    private static final int BATCH = 64;
    private static final long RETRY_MILLIS = 500;
    /** Replies end the wait at once. */
    private static final long IDLE_SECONDS = 10;

    private final AsyncPredictionQueue queue;
    private final AsyncPredictionSender sender;
    private final AsyncPredictionWaiters waiters;
    private final DriftCounter drift;
    private final BlockingQueue<AsyncPredictionQueue.ReceivedReply> received = new ArrayBlockingQueue<>(CAPACITY);
    private final CountDownLatch closing = new CountDownLatch(1);

    AsyncPredictionReplyWriter(
            AsyncPredictionQueue queue,
            AsyncPredictionSender sender,
            AsyncPredictionWaiters waiters,
            DriftCounter drift,
            PredictorClient predictions) {
        this.drift = drift;
        this.queue = queue;
        this.sender = sender;
        this.waiters = waiters;
        predictions.onUnmatchedReply(this::accept);
    }

    /** Queues a reply without blocking; replies to other requests are ignored. */
    private void accept(UUID id, byte[] reply) {
        if (!AsyncPredictionId.isValid(id)) {
            return;
        }
        try {
            if (!received.offer(new AsyncPredictionQueue.ReceivedReply(id, PredictReply.read(reply)))) {
                LOG.warn(
                        "the reply to {} is dropped because {} are waiting for the database; the request will be sent"
                                + " again",
                        id,
                        CAPACITY);
            }
        } catch (MalformedMessageException e) {
            LOG.error("the reply to {} cannot be read: {}", id, e.getMessage());
        } catch (NewerVersionException e) {
            LOG.error("the reply to {} cannot be read, upgrade this gateway: {}", id, e.getMessage());
        }
    }

    @Override
    public void run() {
        List<AsyncPredictionQueue.ReceivedReply> some = new ArrayList<>(BATCH);
        try {
            while (closing.getCount() > 0) {
                AsyncPredictionQueue.ReceivedReply first = received.poll(IDLE_SECONDS, TimeUnit.SECONDS);
                if (first != null) {
                    some.add(first);
                    received.drainTo(some, BATCH - 1);
                    save(some);
                    some.clear();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void save(List<AsyncPredictionQueue.ReceivedReply> some) throws InterruptedException {
        while (true) {
            try {
                List<UUID> ended = queue.saveReplies(some);
                waiters.notifyEnded(ended);
                Set<UUID> counted = Set.copyOf(ended);
                some.stream().filter(one -> counted.contains(one.id())).forEach(one -> drift.count(one.reply()));
                some.forEach(one -> sender.onReply(one.id()));
                return;
            } catch (JdbiException e) {
                if (!TransientErrors.isTransient(e)) {
                    LOG.error("replies to {} predictions cannot be stored", some.size(), e);
                    return;
                }
                LOG.warn("replies to {} predictions wait for the database: {}", some.size(), e.toString());
                if (closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        }
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
