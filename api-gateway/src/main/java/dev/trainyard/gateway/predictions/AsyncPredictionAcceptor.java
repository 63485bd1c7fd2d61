package dev.trainyard.gateway.predictions;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.core.Response;
import java.util.UUID;

/** Accepts predictions whose results are available later. */
public interface AsyncPredictionAcceptor {

    /** Response to an accepted asynchronous request. */
    record Accepted(UUID id, String status, String statusUrl) {}

    /** Stores a prediction; responds with 202, or with the result if it is ready within the client's wait time. */
    Uni<Response> accept(byte[] png, RequestOptions options, PreferenceHeaders preferences);
}
