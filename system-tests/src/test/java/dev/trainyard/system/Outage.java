package dev.trainyard.system;

import dev.trainyard.system.chaos.FaultInjector;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Keeps a process down for a while by killing it after each restart. */
final class Outage {
    private static final long POLL_MILLIS = 50;

    private final CompletableFuture<Void> over;

    private Outage(CompletableFuture<Void> over) {
        this.over = over;
    }

    /** Returns after the process {@code name} was killed for the first time. */
    static Outage of(FaultInjector faults, String name, Duration length) throws IOException {
        long end = System.nanoTime() + length.toNanos();
        faults.kill(name);
        return new Outage(CompletableFuture.runAsync(() -> {
            try {
                while (System.nanoTime() < end) {
                    faults.kill(name);
                    Thread.sleep(POLL_MILLIS); // the pid file can only be polled
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException("the outage of " + name + " was cut short", e);
            }
        }));
    }

    boolean isOngoing() {
        return !over.isDone();
    }

    /** Fails if the process could not be kept down until the end. */
    void awaitEnd() {
        over.join();
    }
}
