package dev.trainyard.gateway.prediction;

import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.RequestedOutput;

/**
 * What is asked about, and what for.
 *
 * @param value the picture, in the form that {@code contentType} names
 * @param contentType one of those in {@link PredictHeaders}
 * @param want what the reply shall hold
 */
public record Payload(byte[] value, String contentType, RequestedOutput want) {

    public static Payload png(byte[] png, RequestedOutput want) {
        return new Payload(png, PredictHeaders.PNG, want);
    }
}
