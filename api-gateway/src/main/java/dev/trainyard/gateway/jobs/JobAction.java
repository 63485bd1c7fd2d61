package dev.trainyard.gateway.jobs;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.trainyard.gateway.audit.AuditAction;
import dev.trainyard.job.JobState;
import dev.trainyard.job.JobStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** An action of a client that moves a job to another state. */
public enum JobAction {
    CANCEL(AuditAction.JOB_CANCEL, "it cannot be cancelled any more"),
    PAUSE(AuditAction.JOB_PAUSE, "only a job that has not ended can be paused"),
    RESUME(AuditAction.JOB_RESUME, "only a paused job can be resumed"),
    RETRY(AuditAction.JOB_RETRY, "only a failed job can be retried");

    private final AuditAction audited;
    private final String refusal;

    JobAction(AuditAction audited, String refusal) {
        this.audited = audited;
        this.refusal = refusal;
    }

    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    AuditAction audited() {
        return audited;
    }

    /** Why a job in another state is refused. */
    String refusal() {
        return refusal;
    }

    /** Returns true if the action queues the job for new work, which needs free disk space. */
    boolean startsWork() {
        return this == RESUME || this == RETRY;
    }

    /** Returns the next state, {@code state} itself if the action has no effect, or empty if it is not allowed. */
    Optional<JobState> next(JobState state) {
        return Optional.ofNullable(
                switch (this) {
                    case CANCEL ->
                        state instanceof JobState.Live live
                                ? live.cancel()
                                : state instanceof JobState.Cancelled ? state : null;
                    case PAUSE -> {
                        if (state instanceof JobState.Queued queued) {
                            yield queued.pause();
                        }
                        if (state instanceof JobState.Running run) {
                            yield run.pause();
                        }
                        yield state instanceof JobState.Paused ? state : null;
                    }
                    case RESUME -> state instanceof JobState.Paused paused ? paused.resume() : null;
                    case RETRY -> state instanceof JobState.Failed failed ? failed.retry() : null;
                });
    }

    /** Statuses in which the action changes a job. */
    List<JobStatus> changes() {
        return switch (this) {
            case CANCEL -> List.of(JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.PAUSED);
            case PAUSE -> List.of(JobStatus.QUEUED, JobStatus.RUNNING);
            case RESUME -> List.of(JobStatus.PAUSED);
            case RETRY -> List.of(JobStatus.FAILED);
        };
    }

    static List<String> wireNames() {
        return Arrays.stream(values()).map(JobAction::wireName).toList();
    }
}
