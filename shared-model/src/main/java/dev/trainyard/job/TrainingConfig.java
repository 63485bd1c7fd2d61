package dev.trainyard.job;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A validated training configuration with every default filled in; what the client posted, made whole.
 *
 * @param networkArgs arguments as the network of that name reads them
 */
public record TrainingConfig(
        String dataset,
        DatasetArgs datasetArgs,
        String model,
        String network,
        ObjectNode networkArgs,
        TrainArgs trainArgs,
        boolean saveWeights,
        Promote promote) {}
