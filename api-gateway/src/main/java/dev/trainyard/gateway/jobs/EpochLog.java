package dev.trainyard.gateway.jobs;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.Score;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Completed epochs of a job, oldest first, and its checkpoints, newest first. */
record EpochLog(List<EpochMetrics> history, List<TrainJob.Checkpoint> checkpoints) {

    /** Of a job that has never run. */
    static final EpochLog EMPTY = new EpochLog(List.of(), List.of());

    static EpochLog read(Handle handle, UUID key) {
        List<EpochMetrics> history = new ArrayList<>();
        List<TrainJob.Checkpoint> checkpoints = new ArrayList<>();
        handle.createQuery("select * from job_epoch where job_key = :key order by epoch")
                .bind("key", key)
                .map((rs, context) -> {
                    history.add(metrics(rs));
                    String checkpoint = rs.getString("checkpoint");
                    if (checkpoint != null) {
                        checkpoints.add(new TrainJob.Checkpoint(rs.getInt("epoch"), ref(checkpoint)));
                    }
                    return true;
                })
                .list();
        Collections.reverse(checkpoints);
        handle.createQuery("select partial_checkpoint from job where key = :key and partial_checkpoint is not null")
                .bind("key", key)
                .mapTo(String.class)
                .findOne()
                .ifPresent(json -> checkpoints.add(0, partial(json)));
        return new EpochLog(history, checkpoints);
    }

    /** Inserts an epoch, or replaces it if it was repeated after a damaged checkpoint. */
    static void write(Handle handle, UUID key, int attempt, EpochMetrics metrics, @Nullable ArtifactRef checkpoint) {
        Score validation = metrics.validation();
        handle.createUpdate("""
                        insert into job_epoch (job_key, epoch, attempt, train_loss, train_accuracy, validation_loss,
                            validation_accuracy, seconds, checkpoint)
                        values (:key, :epoch, :attempt, :trainLoss, :trainAccuracy, :validationLoss,
                            :validationAccuracy, :seconds, cast(:checkpoint as jsonb))
                        on conflict (job_key, epoch) do update set attempt = excluded.attempt,
                            train_loss = excluded.train_loss, train_accuracy = excluded.train_accuracy,
                            validation_loss = excluded.validation_loss,
                            validation_accuracy = excluded.validation_accuracy, seconds = excluded.seconds,
                            checkpoint = excluded.checkpoint, ended_at = now()
                        """)
                .bind("key", key)
                .bind("epoch", metrics.epoch())
                .bind("attempt", attempt)
                .bind("trainLoss", metrics.train().loss())
                .bind("trainAccuracy", metrics.train().accuracy())
                .bind("validationLoss", validation == null ? null : (Double) validation.loss())
                .bind("validationAccuracy", validation == null ? null : (Double) validation.accuracy())
                .bind("seconds", metrics.seconds())
                .bind(
                        "checkpoint",
                        checkpoint == null ? null : new String(WireJson.write(checkpoint), StandardCharsets.UTF_8))
                .execute();
    }

    private static EpochMetrics metrics(ResultSet rs) throws SQLException {
        Score train = new Score(rs.getDouble("train_loss"), rs.getDouble("train_accuracy"));
        double loss = rs.getDouble("validation_loss");
        Score validation = rs.wasNull() ? null : new Score(loss, rs.getDouble("validation_accuracy"));
        return new EpochMetrics(rs.getInt("epoch"), train, validation, rs.getDouble("seconds"));
    }

    private static TrainJob.Checkpoint partial(String json) {
        try {
            return WireJson.mapper().readValue(json, TrainJob.Checkpoint.class);
        } catch (IOException e) {
            throw new UncheckedIOException("a stored checkpoint cannot be read", e);
        }
    }

    private static ArtifactRef ref(String json) {
        try {
            return WireJson.mapper().readValue(json, ArtifactRef.class);
        } catch (IOException e) {
            throw new UncheckedIOException("a stored checkpoint cannot be read", e);
        }
    }
}
