package dev.trainyard.gateway.predictions;

import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.RequestedOutput;

/**
 * One picture and the kind of reply that is wanted for it.
 *
 * @param value the picture, encoded as {@code contentType}
 * @param contentType one of those in {@link PredictHeaders}
 * @param want contents of the reply
 */
public record PredictionInput(byte[] value, String contentType, RequestedOutput want) {

    public static PredictionInput png(byte[] png, RequestedOutput want) {
        return new PredictionInput(png, PredictHeaders.PNG, want);
    }
}
