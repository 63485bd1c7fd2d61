package dev.trainyard.gateway.projects;

import org.jspecify.annotations.Nullable;

/**
 * Limits of a project; null means no limit.
 *
 * @param maxQueued jobs that wait
 * @param maxRunning jobs that run at the same time; more of them wait
 * @param epochsPerDay epochs of the jobs that were submitted within 24 hours
 * @param storedBytes files of the project's models
 * @param predictionsPerSecond images, on each gateway
 */
public record ProjectQuotas(
        @Nullable Integer maxQueued,
        @Nullable Integer maxRunning,
        @Nullable Integer epochsPerDay,
        @Nullable Long storedBytes,
        @Nullable Integer predictionsPerSecond) {
    public static final ProjectQuotas NONE = new ProjectQuotas(null, null, null, null, null);

    /** Whether a submission can be refused. */
    boolean limitsJobs() {
        return maxQueued != null || epochsPerDay != null || storedBytes != null;
    }
}
