package dev.trainyard.gateway.changes;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.trainyard.gateway.training.JobView;
import dev.trainyard.job.JobStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * How a job stands after a change, without what does not change.
 *
 * @param id of the job's newest event; progress has none
 * @param queuePosition place in the queue at this change, 1 for the next; null unless it is queued
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
        Double etaSeconds,
        Double samplesPerSecond,
        Integer queuePosition,
        JobView.Model model,
        Instant updatedAt) {

    /** Microseconds since 1970, as exact as the database knows the time of a change. */
    @JsonIgnore
    public long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, updatedAt);
    }

    boolean isLaterThan(JobChange other) {
        return other == null || updatedAt.isAfter(other.updatedAt) || id > other.id;
    }
}
