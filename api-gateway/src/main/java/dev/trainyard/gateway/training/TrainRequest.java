package dev.trainyard.gateway.training;

import dev.trainyard.job.Optimizer;
import dev.trainyard.job.Promote;
import dev.trainyard.network.Activation;
import java.net.URI;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a client may write of a training; for the description alone, {@code TrainingConfigReader} reads it. */
@Schema(name = "TrainRequest", additionalProperties = Schema.False.class)
record TrainRequest(
        @Schema(required = true, enumeration = "MnistDataset")
        String dataset,

        DatasetRequestArgs datasetArgs,
        @Schema(required = true, enumeration = "DigitModel") String model,

        @Schema(
                required = true,
                enumeration = {"mlp", "lenet5"})
        String network,

        NetworkArgs networkArgs,
        @Schema(required = true) TrainRequestArgs trainArgs,

        @Schema(defaultValue = "true", description = "Publish the model as a new version")
        Boolean saveWeights,

        @Schema(
                defaultValue = "auto",
                description = "Answer with it from then on: always, never, or if its test accuracy is not lower")
        Promote promote,

        @Schema(
                maxLength = 2_000,
                description = "Called once the job has ended; the gateway needs trainyard.callback.secret")
        URI callbackUrl) {

    /** The only size there is. */
    @Schema(name = "DatasetRequestArgs", additionalProperties = Schema.False.class)
    record DatasetRequestArgs(
            @Schema(minItems = 2, maxItems = 3, description = "[28,28] or [28,28,1]")
            List<Integer> imageSize) {}

    /** All of mlp; lenet5 takes none. */
    @Schema(
            name = "NetworkArgs",
            additionalProperties = Schema.False.class,
            description = "All of mlp; lenet5 takes none. layer_sizes, or layer_size and num_layers")
    record NetworkArgs(
            @Schema(minItems = 1, maxItems = 16) List<Integer> layerSizes,

            // a generated client sends defaults, and beside layer_sizes these two are refused
            @Schema(minimum = "1", maximum = "4096", description = "128 without layer_sizes")
            Integer layerSize,

            @Schema(minimum = "1", maximum = "16", description = "3 without layer_sizes")
            Integer numLayers,

            @Schema(defaultValue = "relu") Activation activation,

            @Schema(minimum = "0", maximum = "1", exclusiveMaximum = true, defaultValue = "0.2")
            Double dropoutAmount) {}

    /** How to train. */
    @Schema(name = "TrainRequestArgs", additionalProperties = Schema.False.class)
    record TrainRequestArgs(
            @Schema(required = true, minimum = "1", maximum = "8192")
            Integer batchSize,

            @Schema(required = true, minimum = "1", maximum = "1000")
            Integer epochs,

            @Schema(minimum = "0", exclusiveMinimum = true, maximum = "10", defaultValue = "0.001")
            Double learningRate,

            @Schema(defaultValue = "adam") Optimizer optimizer,
            @Schema(defaultValue = "42") Long seed,

            @Schema(minimum = "0", maximum = "0.5", defaultValue = "0.1")
            Double validationSplit) {}
}
