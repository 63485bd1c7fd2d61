package dev.trainyard.gateway.training;

import dev.trainyard.gateway.outbox.Outbox;
import dev.trainyard.job.JobState;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** What clients do to jobs: submit and cancel. A job and its message to the trainers commit together. */
public final class JobStore {
    /** One statement, so one round trip and one commit. */
    private static final String SUBMIT = """
            with added as (
                insert into job (key, status, attempt, config, epochs)
                values (:key, :status, :attempt, cast(:config as jsonb), :epochs)),
            noted as (
                insert into job_transition (job_key, to_status, attempt, reason)
                values (:key, :status, :attempt, 'submitted'))
            insert into outbox (topic, record_key, value) values (:topic, cast(:key as text), :message)
            """;

    private final Jdbi jdbi;
    private final Runnable outboxFilled;

    public JobStore(Jdbi jdbi, Runnable outboxFilled) {
        this.jdbi = jdbi;
        this.outboxFilled = outboxFilled;
    }

    /** How a wish to cancel ended. */
    public enum Cancellation {
        CANCELLED,
        UNKNOWN_JOB,
        ENDED_ALREADY
    }

    /** Keeps a new job and its dispatch; on return it can no longer be lost. */
    public UUID submit(TrainingConfig config) {
        UUID key = UUID.randomUUID();
        JobState.Queued queued = JobState.Queued.first();
        TrainJob message =
                new TrainJob(Versioned.CURRENT, key, queued.attempt(), config, List.of(), List.of(), Instant.now());
        jdbi.useHandle(handle -> handle.createUpdate(SUBMIT)
                .bind("key", key)
                .bind("status", queued.status().wireName())
                .bind("attempt", queued.attempt())
                .bind("config", new String(WireJson.write(config), StandardCharsets.UTF_8))
                .bind("epochs", config.trainArgs().epochs())
                .bind("topic", Topics.TRAIN_JOBS)
                .bind("message", WireJson.write(message))
                .execute());
        outboxFilled.run();
        return key;
    }

    /** Ends a queued or running job; its worker hears of it on the control topic. */
    public Cancellation cancel(UUID key) {
        Cancellation outcome = jdbi.inTransaction(handle -> {
            Optional<JobRow> found = JobRow.lock(handle, key);
            if (found.isEmpty()) {
                return Cancellation.UNKNOWN_JOB;
            }
            JobRow job = found.get();
            if (!(job.state() instanceof JobState.Live live)) {
                return Cancellation.ENDED_ALREADY;
            }
            Transitions.end(handle, job, live.cancel(), "cancelled_by_client", null, null);
            Outbox.add(
                    handle,
                    Topics.TRAIN_CONTROL,
                    key.toString(),
                    new TrainControl(
                            Versioned.CURRENT, key, job.attempt(), null, TrainControl.Command.CANCEL, Instant.now()));
            return Cancellation.CANCELLED;
        });
        if (outcome == Cancellation.CANCELLED) {
            outboxFilled.run();
        }
        return outcome;
    }
}
