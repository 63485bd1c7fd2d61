package dev.trainyard.gateway.http;

import dev.trainyard.gateway.runtime.GatewaySettings;
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
class BodyReadingContext {
    private static final int FILE_THREADS = 2;
    /** Longest wait for memory that other bodies hold. */
    private static final Duration MAX_MEMORY_WAIT = Duration.ofSeconds(5);

    private final UploadLimiter uploads;
    private final SharedBudget memory;
    private final SharedBudget disk;
    private final MinimumRate minimumRate;
    private final Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    private final ExecutorService files = Executors.newFixedThreadPool(FILE_THREADS, task -> {
        Thread thread = new Thread(task, "request-bodies");
        thread.setDaemon(true);
        return thread;
    });

    BodyReadingContext(GatewaySettings settings) {
        GatewaySettings.Http http = settings.http();
        this.uploads = new UploadLimiter(http.uploads(), http.uploadsPerClient());
        this.memory = SharedBudget.halvedForClients(http.bodyMemory()
                .map(MemorySize::asLongValue)
                .orElse(Runtime.getRuntime().maxMemory() / 4));
        this.disk = SharedBudget.halvedForClients(http.bodyDisk().asLongValue());
        this.minimumRate = new MinimumRate(
                http.bodyTime(), http.bodyGrace(), http.bodyLeastRate().asLongValue());
    }

    /**
     * Minimum rate at which a body must be received.
     *
     * @param time limit for the whole of a small body
     * @param grace time before {@code leastRate} applies
     * @param leastRate average in bytes a second
     */
    record MinimumRate(Duration time, Duration grace, long leastRate) {
        private static final long LARGE_BODY_RATE = 512 * 1024;

        /** Time limit for the whole body on a path that reads {@code most} bytes; large bodies need 512 KiB/s. */
        Duration time(long most) {
            Duration large = Duration.ofSeconds(most / LARGE_BODY_RATE);
            return large.compareTo(time) > 0 ? large : time;
        }
    }

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

    UploadLimiter uploads() {
        return uploads;
    }

    SharedBudget memory() {
        return memory;
    }

    SharedBudget disk() {
        return disk;
    }

    MinimumRate minimumRate() {
        return minimumRate;
    }

    Duration maxMemoryWait() {
        return MAX_MEMORY_WAIT;
    }

    Path folder() {
        return folder;
    }
}
