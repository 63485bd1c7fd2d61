package dev.trainyard.gateway.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.Score;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A job as a client sees it.
 *
 * @param queuePosition place in the queue, 1 for the next, in the order in which trainers take jobs; null unless it is queued
 * @param currentEpoch being trained, from 1; 0 before the first
 * @param currentLoss running mean of the present epoch, nats
 * @param progress of the whole run, 0 to 1
 * @param etaSeconds until the run's end; null unless it runs
 * @param history one entry for each finished epoch; null in lists
 * @param message the result; null until the job succeeded
 * @param model the version that came out; null unless weights were saved
 * @param config as submitted, with every default filled in
 * @param lastEventId of the newest event; for {@code since} and {@code Last-Event-ID}
 * @param verification how a repeated job compares with the first; null unless this is a repetition that succeeded
 * @param error why it failed; null unless it did
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
        Instant createdAt,
        Instant startedAt,
        Instant endedAt,
        Instant updatedAt,
        List<Transition> transitions,
        Failure error,
        JsonNode config,
        long lastEventId,
        Verification verification) {

    /** The seed's form of a result. */
    public record Message(String status, Score train, Score test) {}

    public record Model(String name, int version) {}

    public record Transition(
            String from, String to, int attempt, String reason, String detail, String worker, Instant at) {}

    public record Failure(String code, String message) {}

    /** One page of jobs, newest first; {@code nextCursor} is null on the last. */
    public record Page(List<JobView> jobs, String nextCursor) {}
}
