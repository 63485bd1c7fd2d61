package dev.trainyard.gateway.jobs;

import dev.trainyard.job.Optimizer;
import dev.trainyard.job.Pools;
import dev.trainyard.job.PromotionPolicy;
import dev.trainyard.job.TrainingConfigReader;
import java.net.URI;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Schema of a train request for the API description only; {@code TrainingConfigReader} parses requests. {@code
 * NetworkSchemas} adds the networks, and the limits that apply when the arguments are read. Titles are the labels of the web page's form.
 */
@Schema(name = "TrainRequest", additionalProperties = Schema.False.class)
record TrainRequest(
        @Schema(required = true, title = "Dataset", enumeration = "MnistDataset")
        String dataset,

        DatasetRequestArgs datasetArgs,

        @Schema(required = true, title = "Model name", enumeration = "DigitModel")
        String model,

        @Schema(required = true, title = "Network") String network,

        @Schema(ref = "NetworkArgs") Object networkArgs,
        @Schema(required = true) TrainRequestArgs trainArgs,

        @Schema(
                title = "Publish the model",
                defaultValue = "true",
                description = "Publish the trained model as a new version")
        Boolean saveWeights,

        @Schema(
                title = "Put into production",
                defaultValue = "auto",
                description =
                        "Let the new version answer predictions: always, never, or auto, which is if its test accuracy is not lower")
        PromotionPolicy promote,

        @Schema(
                title = "Engine",
                defaultValue = "auto",
                description = "Engine that must train; auto is the worker's first one that works for the network")
        String engine,

        @Schema(
                title = "Callback URL",
                description = "Called once the job has ended; the gateway needs trainyard.callback.secret")
        URI callbackUrl,

        @Schema(
                title = "After",
                implementation = String[].class,
                minItems = 1,
                maxItems = TrainingConfigReader.MOST_DEPENDENCIES,
                uniqueItems = true,
                description = "Keys of jobs that must have succeeded before this one starts")
        List<String> after,

        @Schema(
                title = "Pool",
                defaultValue = Pools.DEFAULT,
                pattern = "^" + Pools.PATTERN + "$",
                description = "Trainers that may run the job")
        String pool,

        @Schema(
                title = "Priority",
                enumeration = {"low", "normal", "high"},
                defaultValue = "normal",
                description =
                        "Jobs of a higher priority run first within their project; a number from 0 to 100 is accepted too, these are 25, 50 and 75")
        String priority) {

    /** Arguments of the dataset. */
    @Schema(name = "DatasetRequestArgs", additionalProperties = Schema.False.class)
    record DatasetRequestArgs(
            @Schema(minItems = 2, maxItems = 3, description = "[28,28] or [28,28,1]")
            List<Integer> imageSize) {}

    /** Arguments of the training; {@code TrainArgs} has their labels, limits and defaults. */
    @Schema(name = "TrainRequestArgs", additionalProperties = Schema.False.class)
    record TrainRequestArgs(
            @Schema(required = true) Integer batchSize,
            @Schema(required = true) Integer epochs,
            Double learningRate,
            Optimizer optimizer,
            Long seed,
            Double validationSplit,
            Integer scheduleEpochs) {}
}
