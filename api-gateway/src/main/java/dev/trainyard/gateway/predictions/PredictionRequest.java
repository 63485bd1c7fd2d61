package dev.trainyard.gateway.predictions;

import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.RequestedOutput;
import dev.trainyard.tracing.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * A request to a predictor: one image, the model that predicts it, and the requested output.
 *
 * @param value the image, encoded as {@code contentType}
 * @param contentType one of those in {@link PredictHeaders}
 * @param want contents of the reply
 * @param version of the model; null for the one in production
 * @param traceparent of the span of the client's request; null if its trace is not recorded
 */
public record PredictionRequest(
        byte[] value,
        String contentType,
        RequestedOutput want,
        String model,
        @Nullable Integer version,
        @Nullable String traceparent) {

    /** A request that is not traced. */
    public PredictionRequest(
            byte[] value, String contentType, RequestedOutput want, String model, @Nullable Integer version) {
        this(value, contentType, want, model, version, null);
    }

    /** A request within the current trace. */
    public static PredictionRequest png(byte[] png, RequestedOutput want, String model, @Nullable Integer version) {
        return new PredictionRequest(png, PredictHeaders.PNG, want, model, version, TraceParent.ofSampled());
    }

    /** The same image for another version. */
    PredictionRequest to(String otherModel, @Nullable Integer otherVersion) {
        return new PredictionRequest(value, contentType, want, otherModel, otherVersion, traceparent);
    }
}
