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
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.jspecify.annotations.Nullable;

/**
 * Runs health checks on their own threads, each check at most once at a time. Concurrent probes share the result, so
 * that there are never more threads than checks.
 */
@Alternative
@Priority(1)
@Singleton
class HealthCheckThreads extends AsyncHealthCheckFactory {
    private static final long LIMIT_SECONDS = 10;

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
            return limited(other);
        }
        CompletableFuture<HealthCheckResponse> answer = limited(mine);
        try {
            CompletableFuture.supplyAsync(check::call, threads)
                    .whenComplete((response, failure) -> end(check, mine, response, failure));
        } catch (RuntimeException | OutOfMemoryError e) { // no thread could be started
            end(check, mine, null, e);
        }
        return answer;
    }

    private void end(
            HealthCheck check,
            CompletableFuture<HealthCheckResponse> result,
            @Nullable HealthCheckResponse response,
            Throwable failure) {
        running.remove(check);
        if (failure == null) {
            result.complete(response);
        } else {
            result.completeExceptionally(failure);
        }
    }

    /** The result for one probe: cancelling it must not cancel the others, and it must not wait forever. */
    private static CompletableFuture<HealthCheckResponse> limited(CompletableFuture<HealthCheckResponse> result) {
        return result.copy().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    @PreDestroy
    void close() {
        threads.shutdownNow();
    }
}
