package dev.trainyard.gateway.problem;

import dev.trainyard.validation.Violation;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An error in the format of the Open Inference Protocol. */
record InferenceError(String error) {
    private static final String ROOT = "/v2";

    static boolean appliesTo(UriInfo uri) {
        return appliesTo(uri.getPath());
    }

    static boolean appliesTo(String path) {
        return path.equals(ROOT) || path.startsWith(ROOT + "/");
    }

    static Response response(ProblemType type, String detail, List<Violation> errors, @Nullable Duration retryAfter) {
        StringBuilder sentence = new StringBuilder();
        for (Violation error : errors.subList(0, Math.min(Problem.MAX_ERRORS, errors.size()))) {
            sentence.append(sentence.isEmpty() ? "" : "; ")
                    .append(error.pointer())
                    .append(' ')
                    .append(error.detail());
        }
        // the protocol has one status for invalid requests
        int status = type == ProblemType.INVALID ? ProblemType.MALFORMED_REQUEST.status() : type.status();
        Response.ResponseBuilder response = Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new InferenceError(errors.isEmpty() ? detail : sentence.toString()));
        if (retryAfter != null) {
            response.header(HttpHeaders.RETRY_AFTER, Math.max(1, retryAfter.toSeconds()));
        }
        return response.build();
    }
}
