package dev.trainyard.gateway.predictions;

import org.jspecify.annotations.Nullable;

/**
 * A request to a predictor.
 *
 * @param model name of the model
 * @param version of the model; null for the one in production
 */
public record PredictionRequest(
        PredictionInput input, String model, @Nullable Integer version) {}
