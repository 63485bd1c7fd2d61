package dev.trainyard.trainer.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.job.DatasetArgs;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.PromotionPolicy;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Builds jobs and data for tests: {@code aTrainJob().epochs(3).build()}. */
public final class TrainJobs {
    private final List<TrainJob.Checkpoint> checkpoints = new ArrayList<>();
    private int epochs = 2;
    private double validationSplit;
    private @Nullable Integer scheduleEpochs;
    private @Nullable Integer holdAfterEpoch;
    private String engine;
    private boolean saveWeights = true;
    private String network = "mlp";

    private TrainJobs() {}

    public static TrainJobs aTrainJob() {
        return new TrainJobs();
    }

    public TrainJobs epochs(int value) {
        epochs = value;
        return this;
    }

    public TrainJobs scheduleEpochs(int value) {
        scheduleEpochs = value;
        return this;
    }

    public TrainJobs holdAfterEpoch(@Nullable Integer value) {
        holdAfterEpoch = value;
        return this;
    }

    public TrainJobs validationSplit(double value) {
        validationSplit = value;
        return this;
    }

    public TrainJobs saveWeights(boolean value) {
        saveWeights = value;
        return this;
    }

    public TrainJobs network(String value) {
        network = value;
        return this;
    }

    public TrainJobs engine(String value) {
        engine = value;
        return this;
    }

    public TrainJobs checkpoint(int epoch, ArtifactRef artifact) {
        checkpoints.add(new TrainJob.Checkpoint(epoch, artifact));
        return this;
    }

    public TrainJob build() {
        TrainArgs args = new TrainArgs(10, epochs, 0.001, Optimizer.ADAM, 42, validationSplit, scheduleEpochs);
        TrainingConfig config = new TrainingConfig(
                        "MnistDataset",
                        new DatasetArgs(List.of(28, 28)),
                        "DigitModel",
                        network,
                        JsonNodeFactory.instance.objectNode(),
                        args,
                        saveWeights,
                        PromotionPolicy.AUTO)
                .withEngine(engine);
        return new TrainJob(
                Versioned.CURRENT,
                UUID.randomUUID(),
                1,
                config,
                checkpoints,
                List.of(),
                Instant.parse("2026-01-01T00:00:00Z"),
                holdAfterEpoch);
    }

    /** Images that each carry their own number in the first pixels, so that a test can tell them apart. */
    public static ImageDataset numberedImages(int count) {
        byte[] pixels = new byte[count * 784];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            pixels[i * 784] = (byte) i;
            pixels[i * 784 + 1] = (byte) (i >> 8);
            labels[i] = (byte) (i % 10);
        }
        return new ImageDataset(pixels, labels, 28, 28, 1);
    }

    public static TrainingData data(int train, int test) {
        return new TrainingData(numberedImages(train), numberedImages(test), 10, "digest");
    }
}
