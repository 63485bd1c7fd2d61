package dev.trainyard.gateway.problem;

import dev.trainyard.message.WireJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;

/** Answers with a problem before a request has come to a resource. */
public final class EarlyProblem {
    private EarlyProblem() {}

    /** Returns the request's id, which the answer names. */
    public static String answer(RoutingContext request, ProblemType type, String detail) {
        String path = request.normalizedPath();
        String id = RequestId.of(request.request().getHeader(RequestId.HEADER));
        boolean inference = InferenceError.isMeant(path);
        Problem problem = new Problem(type.uri(), type.title(), type.status(), detail, path, List.of(), id);
        request.response()
                .setStatusCode(type.status())
                .putHeader(RequestId.HEADER, id)
                .putHeader(HttpHeaders.CONTENT_TYPE, inference ? "application/json" : Problem.MEDIA_TYPE)
                .end(Buffer.buffer(WireJson.write(inference ? Map.of("error", detail) : problem)));
        return id;
    }
}
