package dev.trainyard.job;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A validated training configuration with every default filled in; what the client posted, made whole.
 *
 * @param networkArgs arguments as the network of that name reads them
 * @param source where the model is imported from; null for a training
 */
public record TrainingConfig(
        String dataset,
        DatasetArgs datasetArgs,
        String model,
        String network,
        ObjectNode networkArgs,
        TrainArgs trainArgs,
        boolean saveWeights,
        PromotionPolicy promote,
        ImportSource source) {
    /** Stands for the network of a model that was not trained here. */
    public static final String IMPORTED = "imported";

    /** Of a training. */
    public TrainingConfig(
            String dataset,
            DatasetArgs datasetArgs,
            String model,
            String network,
            ObjectNode networkArgs,
            TrainArgs trainArgs,
            boolean saveWeights,
            PromotionPolicy promote) {
        this(dataset, datasetArgs, model, network, networkArgs, trainArgs, saveWeights, promote, null);
    }

    /** Of an import: nothing is trained, {@code dataset} says what the model is measured on. */
    public static TrainingConfig importing(String dataset, DatasetArgs datasetArgs, String model, ImportSource source) {
        return new TrainingConfig(
                dataset,
                datasetArgs,
                model,
                IMPORTED,
                JsonNodeFactory.instance.objectNode(),
                new TrainArgs(0, 0, 0, Optimizer.ADAM, 0, 0),
                true,
                PromotionPolicy.AUTO,
                source);
    }

    @JsonIgnore
    public boolean isImport() {
        return source != null;
    }
}
