package dev.trainyard.gateway.prediction;

/**
 * What a predictor is asked.
 *
 * @param model name of the model that shall answer
 * @param version of it; null for the one in production
 */
public record PredictionRequest(PredictionInput payload, String model, Integer version) {}
