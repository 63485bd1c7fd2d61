package dev.trainyard.trainer.run;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.BatchListener;
import dev.trainyard.engine.CudaBuild;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.engine.TrainingDevice;
import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.NetworkSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An engine that learns nothing and records the images; a checkpoint is the number of epochs in one byte. */
public final class FakeEngine implements TrainingEngine {
    public final List<ImageDataset> trainedOn = new ArrayList<>();
    public final List<ImageDataset> evaluatedOn = new ArrayList<>();
    /** Runs before each batch of training. */
    public BatchListener beforeBatch = (samples, loss) -> {};

    public double loss = 0.5;
    public int resumedAfter = -1;
    public boolean closed;
    public RuntimeException notReady;
    public CudaBuild cuda;
    public TrainingDevice device;

    @Override
    public String name() {
        return "fake 1";
    }

    @Override
    public void requireReady() {
        if (notReady != null) {
            throw notReady;
        }
    }

    @Override
    public Optional<CudaBuild> cuda() {
        return Optional.ofNullable(cuda);
    }

    @Override
    public void use(TrainingDevice chosen) {
        device = chosen;
    }

    @Override
    public boolean wrote(byte[] checkpoint) {
        return true;
    }

    @Override
    public EngineRun start(NetworkSpec spec, TrainArgs args) {
        return new FakeRun(args, 0);
    }

    @Override
    public EngineRun resume(NetworkSpec spec, TrainArgs args, byte[] checkpoint) {
        if (checkpoint.length != 1) {
            throw new IllegalArgumentException("not a checkpoint of this engine");
        }
        resumedAfter = checkpoint[0];
        return new FakeRun(args, resumedAfter);
    }

    private final class FakeRun implements EngineRun {
        private final TrainArgs args;
        private int epochs;

        FakeRun(TrainArgs args, int epochs) {
            this.args = args;
            this.epochs = epochs;
        }

        @Override
        public int epochsDone() {
            return epochs;
        }

        @Override
        public long parameters() {
            return 7;
        }

        @Override
        public Score trainEpoch(ImageDataset images, BatchListener listener) {
            trainedOn.add(images);
            for (int done = 0; done < images.size(); done += args.batchSize()) {
                beforeBatch.onBatch(done, loss);
                listener.onBatch(Math.min(done + args.batchSize(), images.size()), loss);
            }
            epochs++;
            return new Score(loss, 0.9);
        }

        /** The accuracy identifies the evaluated images: their number divided by a thousand. */
        @Override
        public Score evaluate(ImageDataset images, BatchListener listener) {
            evaluatedOn.add(images);
            listener.onBatch(images.size(), loss);
            return new Score(loss, images.size() / 1000.0);
        }

        @Override
        public float[][] probabilities(ImageDataset images) {
            return new float[images.size()][10];
        }

        @Override
        public byte[] checkpoint() {
            return new byte[] {(byte) epochs};
        }

        @Override
        public byte[] checkpointBeforeEpochEnd() {
            return new byte[] {(byte) (epochs - 1)};
        }

        @Override
        public byte[] exportOnnx() {
            return "onnx".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        }

        @Override
        public String weightsSha256() {
            return "00";
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
