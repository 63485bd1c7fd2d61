package dev.trainyard.message;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.TrainingConfig;
import java.time.Instant;
import java.util.List;
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

    /** Parameters, updater state and epoch as they were after {@code epoch} epochs. */
    public record Checkpoint(int epoch, ArtifactRef artifact) {}
}
