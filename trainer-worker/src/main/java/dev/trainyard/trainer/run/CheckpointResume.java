package dev.trainyard.trainer.run;

import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.StorageRefusedException;
import dev.trainyard.artifact.StorageUnavailableException;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.message.TrainJob;
import dev.trainyard.network.NetworkSpec;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens an engine run at the job's newest intact checkpoint, or from the start. */
final class CheckpointResume {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointResume.class);

    /** @param engine name and version of the engine of the run */
    record Opened(EngineRun run, String engine) {}

    private CheckpointResume() {}

    /** A checkpoint is resumed by the engine that wrote it, whichever the worker would choose now. */
    static Opened open(TrainJob job, NetworkSpec spec, Engines engines, ArtifactStore artifacts) {
        TrainArgs args = job.config().trainArgs();
        for (TrainJob.Checkpoint checkpoint : job.checkpoints()) {
            try {
                byte[] bytes = artifacts.read(checkpoint.artifact());
                TrainingEngine engine = engines.writerOf(bytes)
                        .orElseThrow(() -> new IllegalArgumentException("not a checkpoint of any known engine"));
                EngineRun run = engine.resume(spec, args, bytes);
                LOG.info("job {} resumes after epoch {} with {}", job.key(), run.epochsDone(), engine.name());
                return new Opened(run, engine.name());
            } catch (StorageUnavailableException | StorageRefusedException e) {
                // the checkpoint may be good, so that an older one would lose work
                throw ArtifactErrors.unread("The checkpoint of epoch " + checkpoint.epoch(), e);
            } catch (IOException | IllegalArgumentException e) {
                LOG.warn(
                        "job {}: checkpoint of epoch {} is unusable, trying the previous one: {}",
                        job.key(),
                        checkpoint.epoch(),
                        e.toString());
            }
        }
        TrainingEngine engine = engines.choose(job.config().engine(), spec);
        LOG.info("job {} is trained with {}", job.key(), engine.name());
        return new Opened(engine.start(spec, args), engine.name());
    }
}
