package dev.trainyard.gateway.jobs;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.job.DatasetArgs;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.PromotionPolicy;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.job.TrainingConfig;
import java.util.List;

/** Valid configurations of two epochs with a published model. */
public final class TestConfigs {
    private TestConfigs() {}

    public static TrainingConfig mlp(int batchSize, int seed) {
        return mlp(batchSize, seed, JsonNodeFactory.instance.objectNode());
    }

    public static TrainingConfig mlp(int batchSize, int seed, ObjectNode networkArgs) {
        return new TrainingConfig(
                "MnistDataset",
                new DatasetArgs(List.of(28, 28, 1)),
                "DigitModel",
                "mlp",
                networkArgs,
                new TrainArgs(batchSize, 2, 0.001, Optimizer.ADAM, seed, 0.1),
                true,
                PromotionPolicy.AUTO);
    }
}
