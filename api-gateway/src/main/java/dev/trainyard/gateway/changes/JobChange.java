package dev.trainyard.gateway.changes;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.trainyard.gateway.jobs.JobView;
import dev.trainyard.job.JobStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job's state after a change, without its constant fields.
 *
 * @param id id of the job's newest event; progress creates no event
 * @param queuePosition position in the queue, 1 for the next job; null unless queued
 */
public record JobChange(
        long id,
        UUID key,
        JobStatus status,
        int attempt,
        String worker,
        int currentEpoch,
        int epochs,
        Double currentLoss,
        double progress,
        @Nullable Double etaSeconds,
        Double samplesPerSecond,
        @Nullable Integer queuePosition,
        JobView.@Nullable Model model,
        Instant updatedAt,
        @JsonIgnore String project) {

    /** Time of the change in microseconds since 1970, the database's resolution. */
    @JsonIgnore
    public long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, updatedAt);
    }

    boolean isLaterThan(@Nullable JobChange other) {
        return other == null || updatedAt.isAfter(other.updatedAt) || id > other.id;
    }
}
