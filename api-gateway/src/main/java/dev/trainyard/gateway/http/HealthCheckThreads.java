package dev.trainyard.gateway.http;

import io.smallrye.health.AsyncHealthCheckFactory;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * Runs health checks on their own threads, each check at most once at a time. Concurrent probes share the result, so
 * that there are never more threads than checks.
 */
@Alternative
@Priority(1)
@Singleton
class HealthCheckThreads extends AsyncHealthCheckFactory {
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "health-check");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<HealthCheck, CompletableFuture<HealthCheckResponse>> running = new ConcurrentHashMap<>();

    @Override
    public Uni<HealthCheckResponse> callSync(HealthCheck check) {
        return Uni.createFrom().completionStage(() -> result(check));
    }

    private CompletableFuture<HealthCheckResponse> result(HealthCheck check) {
        CompletableFuture<HealthCheckResponse> mine = new CompletableFuture<>();
        CompletableFuture<HealthCheckResponse> other = running.putIfAbsent(check, mine);
        if (other != null) {
            return other.copy(); // cancelling one probe must not cancel the others
        }
        CompletableFuture.supplyAsync(check::call, threads).whenComplete((response, failure) -> {
            running.remove(check);
            if (failure == null) {
                mine.complete(response);
            } else {
                mine.completeExceptionally(failure);
            }
        });
        return mine.copy();
    }

    @PreDestroy
    void close() {
        threads.shutdownNow();
    }
}
