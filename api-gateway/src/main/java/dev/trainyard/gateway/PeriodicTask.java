package dev.trainyard.gateway;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a task several times a second, which {@code @Scheduled} cannot: it looks once a second for what is due. The next
 * run waits for the one before.
 */
public final class PeriodicTask implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeriodicTask.class);

    private final ScheduledExecutorService thread;
    private final String name;
    private final Runnable task;
    /** Touched by the thread alone. */
    private boolean failing;

    /**
     * Starts at once.
     *
     * @param name of the thread
     * @param pause between two runs
     * @param task whose failures end nothing; the first of several in a row is logged
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
        } catch (RuntimeException | Error e) { // also an Error would end the schedule, without a word
            if (failing) {
                return;
            }
            failing = true;
            if (e instanceof JdbiException) {
                LOG.warn("{} tries again, the database did not answer: {}", name, e.toString());
            } else {
                LOG.error("{} failed and tries again", name, e);
            }
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
