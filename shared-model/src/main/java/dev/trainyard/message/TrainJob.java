package dev.trainyard.message;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.network.Networks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a job, dispatched to any idle trainer.
 *
 * @param attempt from 1; claims for older attempts are fenced
 * @param checkpoints checkpoints of earlier attempts, newest first; the run resumes from the first intact one
 * @param history metrics of the epochs up to the newest checkpoint
 * @param holdAfterEpoch epoch after whose checkpoint the run stops and gives the job back; null if it goes on to the end
 */
public record TrainJob(
        int v,
        UUID key,
        int attempt,
        TrainingConfig config,
        List<Checkpoint> checkpoints,
        List<EpochMetrics> history,
        Instant enqueuedAt,
        @Nullable Integer holdAfterEpoch)
        implements Versioned {

    /** A run to the end. */
    public TrainJob(
            int v,
            UUID key,
            int attempt,
            TrainingConfig config,
            List<Checkpoint> checkpoints,
            List<EpochMetrics> history,
            Instant enqueuedAt) {
        this(v, key, attempt, config, checkpoints, history, enqueuedAt, null);
    }

    /**
     * @throws MalformedMessageException if the bytes are not a complete job
     * @throws NewerVersionException if only a later release can run it
     */
    public static TrainJob read(byte[] json) throws MalformedMessageException {
        TrainJob job = WireJson.read(json, TrainJob.class);
        TrainingConfig config = job.config();
        if (job.key() == null || job.attempt() < 1 || config == null || job.checkpoints() == null) {
            throw new MalformedMessageException("TrainJob without key, attempt, config or checkpoints");
        }
        if (config.trainArgs() == null || config.network() == null || config.dataset() == null) {
            throw new MalformedMessageException("TrainJob whose config lacks dataset, network or train_args");
        }
        if (job.v() > CURRENT
                && !config.isImport()
                && Networks.find(config.network()).isEmpty()) {
            throw new NewerVersionException(
                    "TrainJob of version %d with the network %s, which this release does not know"
                            .formatted(job.v(), config.network()));
        }
        return job;
    }

    /**
     * Job key and attempt of a record.
     *
     * @param attempt 0 if the record does not contain it
     */
    public record Id(UUID key, int attempt) {}

    /** Reads the identity of a record that only a later release can run, if it is where this release expects it. */
    public static Optional<Id> id(byte[] recordKey, byte[] json) {
        if (recordKey == null || json == null) {
            return Optional.empty();
        }
        try {
            UUID key = UUID.fromString(new String(recordKey, StandardCharsets.UTF_8));
            JsonNode attempt = WireJson.mapper().readTree(json).path("attempt");
            return Optional.of(new Id(key, attempt.canConvertToInt() ? attempt.intValue() : 0));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Parameters, updater state and epoch after {@code epoch} epochs. */
    public record Checkpoint(int epoch, ArtifactRef artifact) {}
}
