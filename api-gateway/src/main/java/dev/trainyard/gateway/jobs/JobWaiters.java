package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.events.WaitingRequests;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Requests and streams that wait for an event of a job. */
@Singleton
public final class JobWaiters {
    /**
     * Maximum number of waiting requests, which bounds memory. Streams have their own limit, so that 5,000 remain for
     * other requests.
     */
    static final int LIMIT = JobEventStreams.LIMIT + 5_000;

    private final WaitingRequests<UUID, Snapshot> requests;

    /** State of a job. */
    public record Snapshot(long lastEventId, boolean ended) {}

    public JobWaiters(JobQueries queries) {
        this.requests = new WaitingRequests<>(LIMIT, keys -> queries.snapshots(keys));
    }

    public WaitingRequests<UUID, Snapshot> requests() {
        return requests;
    }

    public boolean isFull() {
        return requests.isFull();
    }

    /** Completes with true once the job has ended, or with false after {@code limit} or when this is closed. */
    public CompletionStage<Boolean> awaitEnd(UUID key, Duration limit) {
        return requests.await(key, Snapshot::ended, limit);
    }

    /** Completes with true once there is an event after {@code since}, or with false as {@link #awaitEnd} does. */
    public CompletionStage<Boolean> awaitEvent(UUID key, long since, Duration limit) {
        return requests.await(key, snapshot -> snapshot.lastEventId() > since, limit);
    }

    public boolean isClosed() {
        return requests.isClosed();
    }

    /** Completes all requests with false and rejects new ones, so that clients move to another gateway. */
    public void close() {
        requests.close();
    }
}
