package dev.trainyard.gateway.jobs;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.JobState;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;

/** SQL updates for events of a run. Leases use the database's clock only. */
final class RunUpdates {
    private static final String FITS = """
             where key = :key and attempt = :attempt and token = :token and status = 'training_in_progress'
             and last_sequence < :sequence
            """;

    private RunUpdates() {}

    static boolean heartbeat(Handle handle, TrainEvent event, Duration lease) {
        String sql = "update job set last_sequence = :sequence, lease_expires_at = now() + :lease * interval '1 ms'";
        return fence(handle.createUpdate(sql + FITS).bind("lease", lease.toMillis()), event)
                        .execute()
                == 1;
    }

    static boolean progress(Handle handle, TrainEvent event, TrainEvent.Progress now) {
        String sql = """
                update job set last_sequence = :sequence, current_epoch = :epoch, current_loss = :loss,
                    progress = :progress, samples_per_second = :speed, eta_seconds = :eta, progress_at = now(),
                    engine = coalesce(:engine, engine), updated_at = now()
                """;
        return fence(handle.createUpdate(sql + FITS), event)
                        .bind("epoch", now.epoch())
                        .bind("loss", now.loss())
                        .bind("progress", now.progress())
                        .bind("speed", now.samplesPerSecond())
                        .bind("eta", now.etaSeconds())
                        .bind("engine", now.engine())
                        .execute()
                == 1;
    }

    /**
     * Assigns the job to the worker; the caller has checked the claim.
     *
     * @return time for which it has waited since it could have started
     */
    static Duration claim(Handle handle, JobRow job, TrainEvent event, JobState.Running run, Duration lease) {
        long waited = handle.createQuery("""
                        update job set status = :status, token = :token, last_sequence = :sequence, worker = :worker,
                            lease_expires_at = now() + :lease * interval '1 ms', epochs_at_claim = :done,
                            started_at = coalesce(started_at, now()), claimed_at = now(), updated_at = now()
                        where key = :key
                        returning cast(extract(epoch from greatest(now() - queued_at, interval '0')) * 1000 as bigint)
                        """)
                .bind("status", run.status().wireName())
                .bind("token", run.token())
                .bind("sequence", event.sequence())
                .bind("worker", event.worker())
                .bind("lease", lease.toMillis())
                .bind("done", job.epochsDone())
                .bind("key", event.key())
                .mapTo(Long.class)
                .one();
        Transitions.record(handle, job.withWorker(event.worker()), run, TransitionReason.CLAIMED, null);
        return Duration.ofMillis(waited);
    }

    /** Stores a completed epoch; the caller holds the row lock and has checked the event. */
    static void epochEnded(Handle handle, JobRow job, TrainEvent event, TrainEvent.EpochEnded fact, Duration lease) {
        EpochMetrics metrics = fact.metrics();
        EpochLog.write(handle, event.key(), event.attempt(), metrics, fact.checkpoint());
        JobEvents.add(handle, event.key(), JobEvents.EPOCH, new EpochEvent(event.attempt(), metrics));
        handle.createUpdate("""
                        update job set last_sequence = :sequence, current_epoch = :epoch, current_loss = :loss,
                            partial_checkpoint = null, fruitless_deaths = :fruitless,
                            engine = coalesce(:engine, engine),
                            progress = greatest(progress, cast(:epoch as double precision) / (epochs + 1)),
                            lease_expires_at = now() + :lease * interval '1 ms', updated_at = now()
                        where key = :key
                        """)
                .bind("sequence", event.sequence())
                .bind("epoch", metrics.epoch())
                .bind("engine", fact.engine())
                .bind("loss", metrics.train().loss())
                .bind("fruitless", job.failureCountsAfter(metrics.epoch()).lossesWithoutProgress())
                .bind("lease", lease.toMillis())
                .bind("key", event.key())
                .execute();
    }

    /** Data of an {@code epoch} event. */
    record EpochEvent(int attempt, EpochMetrics metrics) {}

    /** Stores a drained worker's checkpoint within the epoch after {@code epochs}. */
    static void partialCheckpoint(Handle handle, UUID key, int epochs, ArtifactRef artifact) {
        TrainJob.Checkpoint checkpoint = new TrainJob.Checkpoint(epochs, artifact);
        handle.createUpdate("update job set partial_checkpoint = cast(:checkpoint as jsonb) where key = :key")
                .bind("checkpoint", new String(WireJson.write(checkpoint), StandardCharsets.UTF_8))
                .bind("key", key)
                .execute();
    }

    static void result(Handle handle, UUID key, String json) {
        handle.createUpdate("""
                        update job set result = cast(:result as jsonb), progress = 1, current_epoch = epochs
                        where key = :key
                        """).bind("result", json).bind("key", key).execute();
    }

    static void verification(Handle handle, UUID key, Verification verification) {
        handle.createUpdate("update job set verification = cast(:verification as jsonb) where key = :key")
                .bind("verification", new String(WireJson.write(verification), StandardCharsets.UTF_8))
                .bind("key", key)
                .execute();
    }

    static void model(Handle handle, UUID key, String name, int version) {
        handle.createUpdate("update job set model_name = :name, model_version = :version where key = :key")
                .bind("name", name)
                .bind("version", version)
                .bind("key", key)
                .execute();
    }

    private static Update fence(Update update, TrainEvent event) {
        return update.bind("key", event.key())
                .bind("attempt", event.attempt())
                .bind("token", event.token())
                .bind("sequence", event.sequence());
    }
}
