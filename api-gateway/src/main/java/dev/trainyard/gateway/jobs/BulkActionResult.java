package dev.trainyard.gateway.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.trainyard.gateway.problem.Problem;
import dev.trainyard.job.JobStatus;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Result of an action on many jobs. Each job is changed on its own, so that some may be refused.
 *
 * @param matched number of jobs that the request selects
 * @param changed number of jobs that the action changed, or would change
 * @param unchanged number of jobs that were already as the action leaves them
 * @param remaining number of selected jobs over the limit; repeat the request for them
 */
public record BulkActionResult(
        JobAction action,
        boolean dryRun,
        long matched,
        long changed,
        long unchanged,
        long refused,
        long remaining,
        List<Item> items) {

    static BulkActionResult of(JobAction action, boolean dryRun, long matched, List<Item> items) {
        return new BulkActionResult(
                action,
                dryRun,
                matched,
                count(items, Outcome.CHANGED),
                count(items, Outcome.UNCHANGED),
                count(items, Outcome.REFUSED),
                matched - items.size(),
                items);
    }

    private static long count(List<Item> items, Outcome outcome) {
        return items.stream().filter(item -> item.outcome() == outcome).count();
    }

    /** What happened to one job, or would happen. */
    public enum Outcome {
        CHANGED,
        UNCHANGED,
        REFUSED;

        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param status after the action; absent if there is no such job
     * @param problem why the action was refused, as the action on this job alone would answer
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "BulkActionItem")
    public record Item(
            UUID key,
            Outcome outcome,
            @Nullable JobStatus status,
            @Nullable Problem problem) {}
}
