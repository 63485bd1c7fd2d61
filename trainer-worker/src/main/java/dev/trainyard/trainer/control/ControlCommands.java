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
    static final int MAX_CANCELS = 100_000;

    private final Map<UUID, TrainControl> cancels = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, TrainControl> eldest) {
            return size() > MAX_CANCELS;
        }
    };
    private Watch watch;

    private record Watch(UUID key, int attempt, UUID token, Consumer<Command> listener) {
        void notifyIfConcerned(TrainControl command) {
            if (command != null && command.concerns(key, attempt, token)) {
                listener.accept(command.command());
            }
        }
    }

    /** A new order, from any thread. */
    public synchronized void apply(TrainControl command) {
        if (command.command() == Command.UNKNOWN) {
            LOG.warn("an order for job {} is of a later release and is not followed", command.key());
            return;
        }
        if (command.command() != Command.FENCED) {
            cancels.merge(command.key(), command, (old, now) -> now.attempt() >= old.attempt() ? now : old);
        }
        if (watch != null) {
            watch.notifyIfConcerned(command);
        }
    }

    /** The orders for {@code key} are withdrawn: its record left the compacted topic. */
    public synchronized void withdraw(UUID key) {
        cancels.remove(key);
    }

    /** Whether a record of this attempt must not start. */
    public synchronized boolean isCancelled(UUID key, int attempt) {
        TrainControl cancel = cancels.get(key);
        return cancel != null && cancel.token() == null && cancel.concerns(key, attempt, null);
    }

    /** Whether the job of {@code record} was cancelled, so that no release need read the record. */
    public synchronized boolean isCancelled(TrainJob.Id record) {
        TrainControl command = cancels.get(record.key());
        return command != null
                && command.command() == Command.CANCEL
                && command.concerns(record.key(), record.attempt(), null);
    }

    /** Tells {@code listener} of every order for this run, those heard before included, until {@link #unwatch}. */
    public synchronized void watch(UUID key, int attempt, UUID token, Consumer<Command> listener) {
        watch = new Watch(key, attempt, token, listener);
        watch.notifyIfConcerned(cancels.get(key));
    }

    public synchronized void unwatch() {
        watch = null;
    }
}
