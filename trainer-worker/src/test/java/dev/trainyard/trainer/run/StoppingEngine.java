package dev.trainyard.trainer.run;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.BatchListener;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.NetworkSpec;

/** Wraps an engine and runs an action at one batch of any pass. */
final class StoppingEngine implements TrainingEngine {
    private final TrainingEngine engine;
    private final int batch;
    private final Runnable happens;
    /** Number of batches of all passes, and of training passes. */
    int batches;

    int trained;

    /** @param batch from 1; 0 for never */
    StoppingEngine(TrainingEngine engine, int batch, Runnable happens) {
        this.engine = engine;
        this.batch = batch;
        this.happens = happens;
    }

    @Override
    public String name() {
        return engine.name();
    }

    @Override
    public void requireReady() {
        engine.requireReady();
    }

    @Override
    public EngineRun start(NetworkSpec spec, TrainArgs args) {
        return new Run(engine.start(spec, args));
    }

    @Override
    public EngineRun resume(NetworkSpec spec, TrainArgs args, byte[] checkpoint) {
        return new Run(engine.resume(spec, args, checkpoint));
    }

    private BatchListener heard(BatchListener listener) {
        return (samples, loss) -> {
            if (++batches == batch) {
                happens.run();
            }
            listener.onBatch(samples, loss);
        };
    }

    private final class Run implements EngineRun {
        private final EngineRun run;

        Run(EngineRun run) {
            this.run = run;
        }

        @Override
        public int epochsDone() {
            return run.epochsDone();
        }

        @Override
        public long parameters() {
            return run.parameters();
        }

        @Override
        public Score trainEpoch(ImageDataset images, BatchListener listener) {
            BatchListener heard = heard(listener);
            return run.trainEpoch(images, (samples, loss) -> {
                trained++;
                heard.onBatch(samples, loss);
            });
        }

        @Override
        public Score evaluate(ImageDataset images, BatchListener listener) {
            return run.evaluate(images, heard(listener));
        }

        @Override
        public float[][] probabilities(ImageDataset images) {
            return run.probabilities(images);
        }

        @Override
        public byte[] checkpoint() {
            return run.checkpoint();
        }

        @Override
        public byte[] checkpointBeforeEpochEnd() {
            return run.checkpointBeforeEpochEnd();
        }

        @Override
        public byte[] exportOnnx() {
            return run.exportOnnx();
        }

        @Override
        public String weightsSha256() {
            return run.weightsSha256();
        }

        @Override
        public void close() {
            run.close();
        }
    }
}
