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

/**
 * A job in the API.
 *
 * @param queuePosition position in the queue, 1 for the next job; null unless queued
 * @param currentEpoch epoch being trained, from 1; 0 before the first
 * @param currentLoss running mean of the current epoch, nats
 * @param progress of the whole run, 0 to 1
 * @param etaSeconds seconds until the end; null unless running
 * @param history one entry per finished epoch; null in lists
 * @param message the result; null until the job succeeded
 * @param model the published version; null if none was published
 * @param engine name and version of the engine that trains or trained; null before the first report
 * @param config as submitted, with all defaults
 * @param lastEventId id of the newest event, for {@code since} and {@code Last-Event-ID}
 * @param verification comparison with the original job; null unless this job verifies another and succeeded
 * @param error reason of the failure; null unless failed
 */
public record JobView(
        UUID key,
        JobStatus status,
        Integer queuePosition,
        int currentEpoch,
        int epochs,
        Double currentLoss,
        double progress,
        Double etaSeconds,
        Double samplesPerSecond,
        List<EpochMetrics> history,
        Message message,
        Model model,
        int attempt,
        String worker,
        String engine,
        Instant createdAt,
        Instant startedAt,
        Instant endedAt,
        Instant updatedAt,
        List<Transition> transitions,
        Failure error,
        JsonNode config,
        long lastEventId,
        Verification verification) {

    /** Result in the format of the first API version. */
    public record Message(String status, Score train, Score test) {}

    public record Model(String name, int version) {}

    /** @param reason open in the API's description, because later releases add reasons */
    public record Transition(
            String from,
            String to,
            int attempt,
            @Schema(implementation = String.class) TransitionReason reason,
            String detail,
            String worker,
            Instant at) {}

    public record Failure(String code, String message) {}

    /** One page of jobs, newest first; {@code nextCursor} is null on the last. */
    public record Page(List<JobView> jobs, String nextCursor) {}
}
