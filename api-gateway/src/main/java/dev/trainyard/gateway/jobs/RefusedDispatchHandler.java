package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.outbox.OutboxQuarantine;
import dev.trainyard.gateway.outbox.OutboxRow;
import dev.trainyard.job.JobState;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.NewerVersionException;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainJob;
import jakarta.inject.Singleton;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Fails a job whose dispatch Kafka refuses, so that its owner is informed and can retry it. */
@Singleton
public final class RefusedDispatchHandler implements OutboxQuarantine.Listener {
    private final JobRules rules;

    public RefusedDispatchHandler(JobRules rules) {
        this.rules = rules;
    }

    @Override
    public boolean quarantined(Handle handle, OutboxRow row, String reason, int tries) {
        if (!Topics.isJobs(row.topic())) {
            return true;
        }
        TrainJob dispatch;
        try {
            dispatch = TrainJob.read(Objects.requireNonNull(row.value()));
        } catch (MalformedMessageException | NewerVersionException e) {
            return true; // from a gateway of another release; the reaper finds its job
        }
        Optional<JobRow> job = JobRow.lock(handle, dispatch.key());
        boolean waits = job.isPresent()
                && job.get().state() instanceof JobState.Queued queued
                && queued.attempt() == dispatch.attempt();
        if (waits) {
            JobState.Queued queued = (JobState.Queued) job.get().state();
            EndedAttempts.write(handle, job.get(), rules.refused(job.get(), queued, reason, tries));
        }
        return waits;
    }
}
