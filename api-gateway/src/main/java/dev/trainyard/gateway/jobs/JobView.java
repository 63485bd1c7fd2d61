package dev.trainyard.gateway.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.Score;
import dev.trainyard.job.TransitionReason;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A job in the API.
 *
 * @param queuePosition position in the queue of its pool, 1 for the next job; null unless queued
 * @param priority 0 to 100, higher first within its project
 * @param currentEpoch epoch being trained, from 1; 0 before the first
 * @param currentLoss running mean of the current epoch, nats
 * @param progress of the whole run, 0 to 1
 * @param etaSeconds seconds until the end; null unless running
 * @param history one entry per finished epoch; null in lists
 * @param message the result; null until the job succeeded
 * @param model the published version
 * @param engine name and version of the engine that trains or trained
 * @param config as submitted, with all defaults
 * @param lastEventId id of the newest event, for {@code since} and {@code Last-Event-ID}
 * @param verification comparison with the original job; null unless this job verifies another and succeeded
 * @param error reason of the failure; null unless failed
 * @param after keys of the jobs that must have succeeded before it starts
 * @param pool of trainers that may run it
 * @param study whose trial the job is; null for other jobs
 * @param trial number of the trial in its study
 * @param waitingReason why it does not start, other than because jobs are before it; null if nothing else holds it up
 * @param waitingFor those of them that have not succeeded yet; null unless it waits, without a position in the queue
 */
public record JobView(
        UUID key,
        JobStatus status,
        @Nullable Integer queuePosition,
        int priority,
        int currentEpoch,
        int epochs,
        @Nullable Double currentLoss,
        double progress,
        @Nullable Double etaSeconds,
        @Nullable Double samplesPerSecond,
        @Nullable List<EpochMetrics> history,
        @Nullable Message message,
        @Nullable Model model,
        int attempt,
        @Nullable String worker,
        @Nullable String engine,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        Instant updatedAt,
        @Nullable List<Transition> transitions,
        @Nullable Failure error,
        JsonNode config,
        long lastEventId,
        @Nullable Verification verification,
        List<UUID> after,
        @Nullable List<UUID> waitingFor,
        String pool,
        @Nullable String waitingReason,
        @Nullable UUID study,
        @Nullable Integer trial) {

    /** Result in the format of the first API version. */
    public record Message(String status, Score train, Score test) {}

    public record Model(String name, int version) {}

    /** @param reason open in the API's description, because later releases add reasons */
    public record Transition(
            @Schema(implementation = String.class) @Nullable JobStatus from,
            @Schema(implementation = String.class) JobStatus to,
            int attempt,
            @Schema(implementation = String.class) TransitionReason reason,
            @Nullable String detail,
            @Nullable String worker,
            Instant at) {}

    public record Failure(String code, String message) {}

    /** One page of jobs, newest first; {@code nextCursor} is null on the last. */
    public record Page(List<JobView> jobs, @Nullable String nextCursor) {}
}
