package dev.trainyard.gateway.prediction;

import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.Want;

/**
 * What is asked about, and what for.
 *
 * @param value the picture, in the form that {@code contentType} names
 * @param contentType one of those in {@link PredictHeaders}
 * @param want what the reply shall hold
 */
public record PredictionInput(byte[] value, String contentType, Want want) {

    public static PredictionInput png(byte[] png, Want want) {
        return new PredictionInput(png, PredictHeaders.PNG, want);
    }
}
