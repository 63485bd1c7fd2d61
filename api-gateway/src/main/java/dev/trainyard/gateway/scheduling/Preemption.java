package dev.trainyard.gateway.scheduling;

import dev.trainyard.job.JobPriority;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Decides which running job is preempted by a waiting one. A job is preempted only together with the handing out of the job
 * that needs its trainer, so never more than needed; and only by a higher priority, so that two jobs never preempt each
 * other in turn.
 */
public final class Preemption {
    private static final Comparator<RunningJob> FIRST = Comparator.comparingInt(RunningJob::priority)
            .thenComparing(RunningJob::claimedAt, Comparator.reverseOrder())
            .thenComparing(RunningJob::number, Comparator.reverseOrder());

    private Preemption() {}

    /**
     * A waiting job that may preempt.
     *
     * @param quotaReached true if its project may not run more jobs, so that it can only take the place of one of its own
     */
    public record Urgent(WaitingJob job, String project, boolean quotaReached) {
        static boolean isUrgent(WaitingJob job) {
            return job.priority() >= JobPriority.HIGH;
        }
    }

    /**
     * Returns the job to preempt: of those with a lower priority, the youngest of the lowest one.
     *
     * @param running the running jobs of the pool
     */
    public static Optional<RunningJob> victim(Urgent urgent, Collection<RunningJob> running) {
        return running.stream()
                .filter(run -> run.priority() < urgent.job().priority())
                .filter(run -> !urgent.quotaReached() || run.project().equals(urgent.project()))
                .min(FIRST);
    }
}
