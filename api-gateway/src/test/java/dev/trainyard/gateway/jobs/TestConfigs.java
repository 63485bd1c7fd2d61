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

    /** A configuration of more epochs. */
    public static TrainingConfig epochs(int epochs) {
        return mlp(new TrainArgs(32, epochs, 0.001, Optimizer.ADAM, 1, 0.1), JsonNodeFactory.instance.objectNode());
    }

    public static TrainingConfig mlp(int batchSize, int seed, ObjectNode networkArgs) {
        return mlp(new TrainArgs(batchSize, 2, 0.001, Optimizer.ADAM, seed, 0.1), networkArgs);
    }

    private static TrainingConfig mlp(TrainArgs args, ObjectNode networkArgs) {
        return new TrainingConfig(
                "MnistDataset",
                new DatasetArgs(List.of(28, 28, 1)),
                "DigitModel",
                "mlp",
                networkArgs,
                args,
                true,
                PromotionPolicy.AUTO);
    }
}
