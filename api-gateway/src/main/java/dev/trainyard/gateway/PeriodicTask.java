package dev.trainyard.gateway;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a task with a fixed delay below one second, which {@code @Scheduled} does not support.
 */
public final class PeriodicTask implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeriodicTask.class);

    private final ScheduledExecutorService thread;
    private final String name;
    private final Runnable task;
    /** Confined to {@link #thread}. */
    private boolean failing;

    /**
     * Starts the task.
     *
     * @param name name of the thread
     * @param pause delay between two runs
     * @param task task that continues after a failure; only the first of consecutive failures is logged
     */
    public PeriodicTask(String name, Duration pause, Runnable task) {
        this.name = name;
        this.task = task;
        this.thread = Executors.newSingleThreadScheduledExecutor(run -> {
            Thread created = new Thread(run, name);
            created.setDaemon(true);
            return created;
        });
        thread.scheduleWithFixedDelay(this::runOnce, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void runOnce() {
        try {
            task.run();
            failing = false;
        } catch (RuntimeException | Error e) { // the executor would silently stop after an Error
            if (failing) {
                return;
            }
            failing = true;
            if (e instanceof JdbiException) {
                LOG.warn("Task {} is retried because the database is unavailable: {}", name, e.toString());
            } else {
                LOG.error("Task {} failed and is retried", name, e);
            }
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
