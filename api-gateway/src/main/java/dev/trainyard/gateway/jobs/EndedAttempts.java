package dev.trainyard.gateway.jobs;

import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobState;
import dev.trainyard.job.TransitionReason;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Stores the outcome of an attempt that ended without a result. */
final class EndedAttempts {
    private static final Map<FailureCode, TransitionReason> REASONS = Map.of(
            FailureCode.POISON, TransitionReason.POISON,
            FailureCode.ATTEMPTS_EXHAUSTED, TransitionReason.ATTEMPTS_EXHAUSTED,
            FailureCode.NEVER_CLAIMED, TransitionReason.NEVER_CLAIMED);

    private EndedAttempts() {}

    static void write(Handle handle, JobRow job, JobRules.EndAttempt end) {
        if (end.fence() && job.state() instanceof JobState.Running run) {
            Transitions.fence(handle, job.key(), job.attempt(), run.token());
        }
        RetryPolicy.Outcome outcome = end.outcome();
        TransitionReason reason = end.reason();
        String detail = end.detail();
        if (outcome.to() instanceof JobState.Queued next) {
            Transitions.requeue(handle, job, next, outcome.failureCounts(), reason, detail, outcome.pause());
            return;
        }
        JobState.Failed failed = (JobState.Failed) outcome.to();
        String sentence = sentence(failed.code(), outcome.failureCounts(), detail);
        Transitions.end(handle, job, failed, REASONS.getOrDefault(failed.code(), reason), failed.code(), sentence);
        handle.createUpdate("update job set charged_attempts = :charged where key = :key")
                .bind("charged", outcome.failureCounts().chargedAttempts())
                .bind("key", job.key())
                .execute();
        if (failed.code().isUnprocessable()) {
            Transitions.deadLetter(handle, job, sentence);
        }
    }

    private static String sentence(FailureCode code, RetryPolicy.FailureCounts failureCounts, String detail) {
        if (code == FailureCode.POISON) {
            return "%d workers were lost during this job without a completed epoch; it is not retried. Last: %s"
                    .formatted(failureCounts.lossesWithoutProgress(), detail);
        }
        if (code == FailureCode.ATTEMPTS_EXHAUSTED) {
            return "%d attempts did not finish. Last: %s".formatted(failureCounts.chargedAttempts(), detail);
        }
        if (code == FailureCode.NEVER_CLAIMED) {
            return "Workers repeatedly consumed this job's record without claiming it; GET /api/v1/dead-letters may"
                    + " show the reason. It is not dispatched again automatically; retry it once the cause is gone.";
        }
        return detail;
    }
}
