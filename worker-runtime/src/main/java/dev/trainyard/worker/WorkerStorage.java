package dev.trainyard.worker;

import dev.trainyard.artifact.ArtifactBackend;
import dev.trainyard.artifact.StorageMonitor;
import dev.trainyard.artifact.StorageRefusedException;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The artifact store of a worker, checked from time to time. */
public final class WorkerStorage implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final ArtifactBackend store;
    private final StorageMonitor monitor;
    private final CountDownLatch closed = new CountDownLatch(1);

    public WorkerStorage(ArtifactBackend store) {
        this.store = store;
        this.monitor = new StorageMonitor(store);
    }

    public ArtifactBackend store() {
        return store;
    }

    /** @throws ConfigurationException if the store refuses this worker; it ends the start */
    public void start(WorkerShell shell) {
        try {
            monitor.start();
        } catch (StorageRefusedException e) {
            throw new ConfigurationException("This worker does not start: " + e.getMessage(), e);
        }
        shell.start("artifact-store-check", this::checkPeriodically);
    }

    private void checkPeriodically() throws InterruptedException {
        long period = PERIOD.toMillis();
        // many workers that started together must not ask together
        while (!closed.await(ThreadLocalRandom.current().nextLong(period / 2, period), TimeUnit.MILLISECONDS)) {
            monitor.check();
        }
    }

    /** Checks the store now. */
    public void check() {
        monitor.check();
    }

    /** Returns why the store could not be used at the last check; null if it could. */
    public @Nullable String problem() {
        return monitor.problem();
    }

    /** Returns true if a check has succeeded since the start. */
    public boolean wasReached() {
        return monitor.wasReached();
    }

    @Override
    public void close() {
        closed.countDown();
        store.close();
    }
}
