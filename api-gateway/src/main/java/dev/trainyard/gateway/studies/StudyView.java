package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A study in the API.
 *
 * @param status running, paused, completed, failed or cancelled
 * @param endReason why it ended: completed, space_exhausted, the name of a limit, cancelled or internal_error
 * @param detail why it failed, or why its next trial has not started yet
 * @param maxEpochs epochs of a trial that runs to its end
 * @param model the published version of the best trial
 * @param activeSeconds time for which it ran, without the time for which it was paused
 * @param request as submitted
 * @param lastEventId id of the newest event, for {@code Last-Event-ID}
 */
@Schema(name = "Study")
record StudyView(
        UUID id,
        String name,
        @Schema(implementation = String.class) StudyStatus status,
        @Schema(implementation = String.class) @Nullable EndReason endReason,
        @Nullable String detail,
        Summary summary,
        Limits limits,
        int maxEpochs,
        @Nullable Model model,
        double activeSeconds,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant endedAt,
        @Schema(implementation = Object.class) JsonNode request,
        long lastEventId) {

    /** Numbers of trials by state, epochs of all trials, and the best trial. */
    @Schema(name = "StudySummary")
    record Summary(
            int trials,
            int running,
            int waiting,
            int completed,
            int pruned,
            int failed,
            long epochs,
            @Nullable Best best) {
        static Summary of(StudySummary summary) {
            StudySummary.Best best = summary.best();
            return new Summary(
                    summary.trials(),
                    summary.running(),
                    summary.waiting(),
                    summary.completed(),
                    summary.pruned(),
                    summary.failed(),
                    summary.epochs(),
                    best == null ? null : new Best(best.trial(), best.value(), best.completed()));
        }
    }

    /** @param completed false if no trial has run to its end yet */
    @Schema(name = "StudyBest")
    record Best(int trial, double value, boolean completed) {}

    /** The limits of the request, as they were raised. */
    @Schema(name = "StudyLimits")
    record Limits(
            int maxTrials,
            int parallelTrials,
            @Nullable Integer maxFailedTrials,
            @Nullable Integer maxSeconds,
            @Nullable Integer maxEpochsTotal) {
        static Limits of(StudyLimits limits) {
            return new Limits(
                    limits.maxTrials(),
                    limits.parallelTrials(),
                    limits.maxFailedTrials(),
                    limits.maxSeconds(),
                    limits.maxEpochsTotal());
        }
    }

    @Schema(name = "StudyModel")
    record Model(String name, int version) {}

    /** One page of studies, newest first; {@code nextCursor} is null on the last. */
    @Schema(name = "StudyPage")
    record Page(List<StudyView> studies, @Nullable String nextCursor) {}
}
