package dev.trainyard.gateway.training;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.outbox.Outbox;
import dev.trainyard.job.JobState;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** What clients do to jobs. A job, or a change to one, and its message to the trainers commit together. */
public final class JobStore {
    /** One statement, so one round trip and one commit. */
    private static final String SUBMIT = """
            with added as (
                insert into job (key, status, attempt, config, epochs, callback_url, verifies, last_event_id)
                values (:key, :status, :attempt, cast(:config as jsonb), :epochs, :callback, cast(:verifies as uuid), 1)),
            noted as (
                insert into job_transition (job_key, to_status, attempt, reason)
                values (:key, :status, :attempt, 'submitted')),
            told as (
                insert into job_event (job_key, id, type, data) values (:key, 1, 'status',
                    jsonb_build_object('to', cast(:status as text), 'attempt', cast(:attempt as integer), 'reason', 'submitted')))
            insert into outbox (topic, record_key, value) values (:topic, cast(:key as text), :message)
            """;

    private final Jdbi jdbi;
    private final int queueLimit;
    private final Runnable outboxFilled;

    public JobStore(Jdbi jdbi, int queueLimit, Runnable outboxFilled) {
        this.jdbi = jdbi;
        this.queueLimit = queueLimit;
        this.outboxFilled = outboxFilled;
    }

    /**
     * A training that a client wants.
     *
     * @param callbackUrl told of the end; null for nobody
     * @param verifies the finished job that is repeated; null for none
     * @param idempotencyKey under which the same submit may come again; null for none
     */
    public record Submit(TrainingConfig config, String callbackUrl, UUID verifies, String idempotencyKey) {
        String bodyHash() {
            byte[] body = (new String(WireJson.write(config), StandardCharsets.UTF_8) + "\n" + callbackUrl)
                    .getBytes(StandardCharsets.UTF_8);
            return FileArtifactStore.sha256(body);
        }
    }

    /** What became of a submit. */
    public sealed interface Submission {}

    /** Kept; it can no longer be lost. {@code again} if it had been kept before under the same idempotency key. */
    public record Kept(UUID key, boolean again) implements Submission {}

    /** The idempotency key stands for another body. */
    public record KeyReused() implements Submission {}

    /** As many jobs wait as may. */
    public record QueueFull(int limit) implements Submission {}

    /** How a client's wish ended. */
    public enum Outcome {
        DONE,
        UNKNOWN_JOB,
        /** The job's state does not allow it. */
        NOT_NOW
    }

    public Submission submit(Submit wanted) {
        Submission submission = jdbi.inTransaction(handle -> {
            if (wanted.idempotencyKey() != null) {
                Optional<Submission> known = IdempotencyKeys.find(handle, wanted.idempotencyKey(), wanted.bodyHash());
                if (known.isPresent()) {
                    return known.get();
                }
            }
            if (waiting(handle) >= queueLimit) {
                return new QueueFull(queueLimit);
            }
            UUID key = UUID.randomUUID();
            insert(handle, key, wanted);
            if (wanted.idempotencyKey() != null) {
                IdempotencyKeys.keep(handle, wanted.idempotencyKey(), wanted.bodyHash(), key);
            }
            return new Kept(key, false);
        });
        outboxFilled.run();
        return submission;
    }

    private long waiting(Handle handle) {
        return handle.createQuery(
                        "select count(*) from (select 1 from job where status = 'queued' limit :limit) waiting")
                .bind("limit", queueLimit)
                .mapTo(Long.class)
                .one();
    }

    private static void insert(Handle handle, UUID key, Submit wanted) {
        JobState.Queued queued = JobState.Queued.first();
        TrainingConfig config = wanted.config();
        TrainJob message =
                new TrainJob(Versioned.CURRENT, key, queued.attempt(), config, List.of(), List.of(), Instant.now());
        handle.createUpdate(SUBMIT)
                .bind("key", key)
                .bind("status", queued.status().wireName())
                .bind("attempt", queued.attempt())
                .bind("config", new String(WireJson.write(config), StandardCharsets.UTF_8))
                .bind("epochs", config.trainArgs().epochs())
                .bind("callback", wanted.callbackUrl())
                .bind("verifies", wanted.verifies())
                .bind("topic", Topics.TRAIN_JOBS)
                .bind("message", WireJson.write(message))
                .execute();
    }

    /** Ends a job that has not ended; its worker hears of it on the control topic. */
    public Outcome cancel(UUID key) {
        return change(key, (handle, job) -> {
            if (!(job.state() instanceof JobState.Live live)) {
                return false;
            }
            Transitions.end(handle, job, live.cancel(), "cancelled_by_client", null, null);
            order(handle, job, TrainControl.Command.CANCEL);
            return true;
        });
    }

    /** Holds back a queued or running job until {@link #resume}. */
    public Outcome pause(UUID key) {
        return change(key, (handle, job) -> {
            JobState.Paused paused;
            if (job.state() instanceof JobState.Queued queued) {
                paused = queued.pause();
            } else if (job.state() instanceof JobState.Running run) {
                paused = run.pause();
            } else {
                return job.state() instanceof JobState.Paused;
            }
            Transitions.pause(handle, job, paused);
            order(handle, job, TrainControl.Command.PAUSE);
            return true;
        });
    }

    /** Puts a paused job back in the queue, to go on after its newest checkpoint. */
    public Outcome resume(UUID key) {
        return change(key, (handle, job) -> {
            if (!(job.state() instanceof JobState.Paused paused)) {
                return false;
            }
            Transitions.requeue(handle, job, paused.resume(), job.account(), "resumed_by_client", null, Duration.ZERO);
            return true;
        });
    }

    /** Gives a failed job another attempt and a clean account; its checkpoints are kept. */
    public Outcome retry(UUID key) {
        return change(key, (handle, job) -> {
            if (!(job.state() instanceof JobState.Failed failed)) {
                return false;
            }
            RetryRule.Account clean = new RetryRule.Account(0, 0);
            Transitions.requeue(handle, job, failed.retry(), clean, "retried_by_client", null, Duration.ZERO);
            return true;
        });
    }

    private Outcome change(UUID key, BiFunction<Handle, JobRow, Boolean> change) {
        Outcome outcome = jdbi.inTransaction(handle -> JobRow.lock(handle, key)
                .map(job -> change.apply(handle, job) ? Outcome.DONE : Outcome.NOT_NOW)
                .orElse(Outcome.UNKNOWN_JOB));
        if (outcome == Outcome.DONE) {
            outboxFilled.run();
        }
        return outcome;
    }

    private static void order(Handle handle, JobRow job, TrainControl.Command command) {
        TrainControl order =
                new TrainControl(Versioned.CURRENT, job.key(), job.attempt(), null, command, Instant.now());
        Outbox.add(handle, Topics.TRAIN_CONTROL, job.key().toString(), order);
    }
}
