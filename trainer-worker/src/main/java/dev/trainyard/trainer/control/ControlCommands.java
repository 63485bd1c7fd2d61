package dev.trainyard.trainer.control;

import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainControl.Command;
import dev.trainyard.message.TrainJob;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The orders this trainer has heard. Cancels and pauses are kept, since their job may still wait in the queue; a fence
 * matters only to a run in progress.
 */
public final class ControlCommands {
    private static final Logger LOG = LoggerFactory.getLogger(ControlCommands.class);

    /** The oldest cancels are forgotten past this many, so that years of them do not fill the heap. */
    static final int CANCELS_KEPT = 100_000;

    private final Map<UUID, TrainControl> cancels = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, TrainControl> eldest) {
            return size() > CANCELS_KEPT;
        }
    };
    private Watch watch;

    private record Watch(UUID key, int attempt, UUID token, Consumer<Command> listener) {
        void hear(TrainControl order) {
            if (order != null && order.concerns(key, attempt, token)) {
                listener.accept(order.command());
            }
        }
    }

    /** A new order, from any thread. */
    public synchronized void apply(TrainControl order) {
        if (order.command() == Command.UNKNOWN) {
            LOG.warn("an order for job {} is of a later release and is not followed", order.key());
            return;
        }
        if (order.command() != Command.FENCED) {
            cancels.merge(order.key(), order, (old, now) -> now.attempt() >= old.attempt() ? now : old);
        }
        if (watch != null) {
            watch.hear(order);
        }
    }

    /** The orders for {@code key} are withdrawn: its record left the compacted topic. */
    public synchronized void forget(UUID key) {
        cancels.remove(key);
    }

    /** Whether a record of this attempt must not start. */
    public synchronized boolean isCancelled(UUID key, int attempt) {
        TrainControl cancel = cancels.get(key);
        return cancel != null && cancel.token() == null && cancel.concerns(key, attempt, null);
    }

    /** Whether the job of {@code record} was cancelled, so that no release need read the record. */
    public synchronized boolean isCancelled(TrainJob.Id record) {
        TrainControl order = cancels.get(record.key());
        return order != null
                && order.command() == Command.CANCEL
                && order.concerns(record.key(), record.attempt(), null);
    }

    /** Tells {@code listener} of every order for this run, those heard before included, until {@link #unwatch}. */
    public synchronized void watch(UUID key, int attempt, UUID token, Consumer<Command> listener) {
        watch = new Watch(key, attempt, token, listener);
        watch.hear(cancels.get(key));
    }

    public synchronized void unwatch() {
        watch = null;
    }
}
