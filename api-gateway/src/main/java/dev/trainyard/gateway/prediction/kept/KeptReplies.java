package dev.trainyard.gateway.prediction.kept;

import dev.trainyard.gateway.TransientErrors;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.NewerVersionException;
import dev.trainyard.message.PredictReply;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes replies to kept predictions down, whichever gateway asked. Whoever hears them must not wait for the database;
 * a reply that is lost on the way is asked for again.
 */
public final class KeptReplies implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeptReplies.class);
    private static final int HELD = 1_000;
    private static final int BATCH = 64;
    private static final long RETRY_MILLIS = 500;

    private final KeptQueue queue;
    private final KeptAsker asker;
    private final KeptWaiters waiters;
    private final BlockingQueue<KeptQueue.Heard> heard = new ArrayBlockingQueue<>(HELD);
    private final CountDownLatch closing = new CountDownLatch(1);

    public KeptReplies(KeptQueue queue, KeptAsker asker, KeptWaiters waiters) {
        this.queue = queue;
        this.asker = asker;
        this.waiters = waiters;
    }

    /** Takes a reply that nobody waits for; returns at once. */
    public void hear(UUID id, byte[] reply) {
        if (!KeptId.is(id)) {
            return;
        }
        try {
            if (!heard.offer(new KeptQueue.Heard(id, PredictReply.read(reply)))) {
                LOG.warn("the reply to {} is passed over, {} wait for the database; it is asked for again", id, HELD);
            }
        } catch (MalformedMessageException e) {
            LOG.error("the reply to {} cannot be read: {}", id, e.getMessage());
        } catch (NewerVersionException e) {
            LOG.error("the reply to {} cannot be read, upgrade this gateway: {}", id, e.getMessage());
        }
    }

    @Override
    public void run() {
        List<KeptQueue.Heard> some = new ArrayList<>(BATCH);
        try {
            while (closing.getCount() > 0) {
                KeptQueue.Heard first = heard.poll(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    some.add(first);
                    heard.drainTo(some, BATCH - 1);
                    settle(some);
                    some.clear();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void settle(List<KeptQueue.Heard> some) throws InterruptedException {
        while (true) {
            try {
                waiters.tell(queue.settle(some));
                some.forEach(one -> asker.answered(one.id()));
                return;
            } catch (JdbiException e) {
                if (!TransientErrors.isTransient(e)) {
                    LOG.error("replies to {} predictions cannot be written down", some.size(), e);
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
