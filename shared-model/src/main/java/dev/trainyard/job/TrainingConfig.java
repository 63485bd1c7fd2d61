package dev.trainyard.job;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * A validated training configuration with all defaults filled in.
 *
 * @param networkArgs arguments of that network
 * @param source source of an imported model; null for a training
 * @param engine id of the engine that must train; null for the worker's choice, so that older workers can read it
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
        @Nullable ImportSource source,
        @Nullable String engine) {
    /** Network name of models that were not trained here. */
    public static final String IMPORTED = "imported";

    /** Configuration of a training by the engine that the worker chooses. */
    public TrainingConfig(
            String dataset,
            DatasetArgs datasetArgs,
            String model,
            String network,
            ObjectNode networkArgs,
            TrainArgs trainArgs,
            boolean saveWeights,
            PromotionPolicy promote) {
        this(dataset, datasetArgs, model, network, networkArgs, trainArgs, saveWeights, promote, null, null);
    }

    /** Configuration of an import: nothing is trained, {@code dataset} is used to evaluate the model. */
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
                source,
                null);
    }

    /** Returns this configuration for the engine with that id; null for the worker's choice. */
    public TrainingConfig withEngine(@Nullable String id) {
        return new TrainingConfig(
                dataset, datasetArgs, model, network, networkArgs, trainArgs, saveWeights, promote, source, id);
    }

    @JsonIgnore
    public boolean isImport() {
        return source != null;
    }
}
