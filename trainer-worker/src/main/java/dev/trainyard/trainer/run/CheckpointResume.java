package dev.trainyard.trainer.run;

import dev.trainyard.artifact.ArtifactStore;
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

    private CheckpointResume() {}

    static EngineRun open(TrainJob job, NetworkSpec spec, TrainingEngine engine, ArtifactStore artifacts) {
        TrainArgs args = job.config().trainArgs();
        for (TrainJob.Checkpoint checkpoint : job.checkpoints()) {
            try {
                EngineRun run = engine.resume(spec, args, artifacts.read(checkpoint.artifact()));
                LOG.info("job {} resumes after epoch {}", job.key(), run.epochsDone());
                return run;
            } catch (IOException | IllegalArgumentException e) {
                LOG.warn(
                        "job {}: checkpoint of epoch {} is unusable, trying the previous one: {}",
                        job.key(),
                        checkpoint.epoch(),
                        e.toString());
            }
        }
        return engine.start(spec, args);
    }
}
