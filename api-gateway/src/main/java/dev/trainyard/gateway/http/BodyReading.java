package dev.trainyard.gateway.http;

import dev.trainyard.gateway.GatewaySettings;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** Shared state for reading bodies: limits, memory, disk, and the threads for disk access. */
@Singleton
class BodyReading {
    private static final int FILE_THREADS = 2;
    /** How long a request waits for memory that other bodies hold. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Uploads uploads;
    private final SharedBudget memory;
    private final SharedBudget disk;
    private final Pace pace;
    private final Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    private final ExecutorService files = Executors.newFixedThreadPool(FILE_THREADS, task -> {
        Thread thread = new Thread(task, "request-bodies");
        thread.setDaemon(true);
        return thread;
    });

    BodyReading(GatewaySettings settings) {
        GatewaySettings.Http http = settings.http();
        this.uploads = new Uploads(http.uploads(), http.uploadsPerClient());
        this.memory = SharedBudget.halvedForClients(http.bodyMemory()
                .map(MemorySize::asLongValue)
                .orElse(Runtime.getRuntime().maxMemory() / 4));
        this.disk = SharedBudget.halvedForClients(http.bodyDisk().asLongValue());
        this.pace =
                new Pace(http.bodyTime(), http.bodyGrace(), http.bodyLeastRate().asLongValue());
    }

    /**
     * How fast a body must arrive.
     *
     * @param time for the whole body
     * @param grace before {@code leastRate} applies
     * @param leastRate bytes a second, on average
     */
    record Pace(Duration time, Duration grace, long leastRate) {}

    /** Runs disk access and long work off the event loop. */
    <T> CompletableFuture<T> onFiles(Callable<T> task) {
        try {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return task.call();
                        } catch (Exception e) {
                            throw new CompletionException(e);
                        }
                    },
                    files);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e); // the gateway is shutting down
        }
    }

    @PreDestroy
    void close() {
        files.shutdown();
    }

    Uploads uploads() {
        return uploads;
    }

    SharedBudget memory() {
        return memory;
    }

    SharedBudget disk() {
        return disk;
    }

    Pace pace() {
        return pace;
    }

    Duration patience() {
        return PATIENCE;
    }

    Path folder() {
        return folder;
    }
}
