package dev.trainyard.trainer.control;

import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainControl.Command;
import dev.trainyard.message.TrainJob;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Control commands received by this trainer. Cancels and pauses are retained because their job may still be queued; a
 * fence concerns only the current run.
 */
public final class ControlCommands {
    private static final Logger LOG = LoggerFactory.getLogger(ControlCommands.class);

    /** Limit after which the oldest cancels are discarded, to bound memory. */
    static final int MAX_CANCELS = 100_000;

    private final Map<UUID, TrainControl> cancels = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, TrainControl> eldest) {
            return size() > MAX_CANCELS;
        }
    };
    private @Nullable Watch watch;

    private record Watch(UUID key, int attempt, UUID token, Consumer<Command> listener) {
        void notifyIfConcerned(@Nullable TrainControl command) {
            if (command != null && command.concerns(key, attempt, token)) {
                listener.accept(command.command());
            }
        }
    }

    /** Applies a new command. Thread-safe. */
    public synchronized void apply(TrainControl command) {
        if (command.command() == Command.UNKNOWN) {
            LOG.warn("a command for job {} is of a later release and is ignored", command.key());
            return;
        }
        if (command.command() != Command.FENCED) {
            cancels.merge(command.key(), command, (old, now) -> now.attempt() >= old.attempt() ? now : old);
        }
        if (watch != null) {
            watch.notifyIfConcerned(command);
        }
    }

    /** Withdraws the commands for {@code key}, whose record was deleted from the compacted topic. */
    public synchronized void withdraw(UUID key) {
        cancels.remove(key);
    }

    /** Returns true if this attempt must not start. */
    public synchronized boolean isCancelled(UUID key, int attempt) {
        TrainControl cancel = cancels.get(key);
        return cancel != null && cancel.token() == null && cancel.concerns(key, attempt, null);
    }

    /** Returns true if the job of {@code record} was cancelled, so that its record can be skipped unread. */
    public synchronized boolean isCancelled(TrainJob.Id record) {
        TrainControl command = cancels.get(record.key());
        return command != null
                && command.command() == Command.CANCEL
                && command.concerns(record.key(), record.attempt(), null);
    }

    /** Notifies {@code listener} of all commands for this run, including earlier ones, until {@link #unwatch}. */
    public synchronized void watch(UUID key, int attempt, UUID token, Consumer<Command> listener) {
        Watch started = new Watch(key, attempt, token, listener);
        watch = started;
        started.notifyIfConcerned(cancels.get(key));
    }

    public synchronized void unwatch() {
        watch = null;
    }
}
