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

/**
 * One attempt at a job, for whichever trainer is idle.
 *
 * @param attempt from 1; a claim for an older attempt is fenced
 * @param checkpoints of earlier attempts, newest first; the run resumes from the first that is whole
 * @param history of the epochs up to the newest checkpoint
 */
public record TrainJob(
        int v,
        UUID key,
        int attempt,
        TrainingConfig config,
        List<Checkpoint> checkpoints,
        List<EpochMetrics> history,
        Instant enqueuedAt)
        implements Versioned {

    /**
     * @throws MalformedMessageException if the bytes are no whole job
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
     * Which attempt at which job a record is for.
     *
     * @param attempt 0 where the record does not say it
     */
    public record Id(UUID key, int attempt) {}

    /** Of a record that only a later release can run, as far as it still says so where this one looks for it. */
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

    /** Parameters, updater state and epoch as they were after {@code epoch} epochs. */
    public record Checkpoint(int epoch, ArtifactRef artifact) {}
}
