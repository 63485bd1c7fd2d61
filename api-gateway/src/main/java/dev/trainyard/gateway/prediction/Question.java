package dev.trainyard.gateway.prediction;

/**
 * What a predictor is asked.
 *
 * @param value the picture, in the form that {@code contentType} names
 * @param contentType one of those in {@link dev.trainyard.message.PredictHeaders}
 * @param model name of the model that shall answer
 */
public record Question(byte[] value, String contentType, String model) {}
