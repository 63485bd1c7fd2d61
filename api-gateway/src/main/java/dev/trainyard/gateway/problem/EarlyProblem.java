package dev.trainyard.gateway.problem;

import dev.trainyard.gateway.page.HtmlDocument;
import dev.trainyard.message.WireJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A problem for a request that does not reach a resource.
 *
 * @param body JSON
 */
public record EarlyProblem(int status, String requestId, String mediaType, byte[] body) {

    /**
     * Creates the problem in the format of the path.
     *
     * @param path of the request, without the query
     * @param requestId from the client
     */
    public static EarlyProblem of(ProblemType type, String detail, String path, @Nullable String requestId) {
        String id = RequestId.of(requestId);
        if (InferenceError.appliesTo(path)) {
            byte[] error = WireJson.write(Map.of("error", detail));
            return new EarlyProblem(type.status(), id, "application/json", error);
        }
        Problem problem = new Problem(type.uri(), type.title(), type.status(), detail, path, List.of(), id);
        return new EarlyProblem(type.status(), id, Problem.MEDIA_TYPE, WireJson.write(problem));
    }

    /** Sends the problem; returns the request id. */
    public static String send(RoutingContext request, ProblemType type, String detail) {
        String sent = request.request().getHeader(RequestId.HEADER);
        EarlyProblem problem = of(type, detail, request.normalizedPath(), sent);
        HttpServerResponse response = request.response();
        response.headers().remove(HttpHeaders.CONTENT_ENCODING); // "identity" would keep it from being compressed
        response.setStatusCode(problem.status())
                .putHeader(RequestId.HEADER, problem.requestId())
                .putHeader(HttpHeaders.CONTENT_TYPE, problem.mediaType())
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(Buffer.buffer(problem.body()));
        return problem.requestId();
    }

    /** Sends the web page to browsers, which shows that the address does not exist, and a problem to other clients. */
    static void notFound(RoutingContext request, HtmlDocument page) {
        if (!HtmlDocument.acceptsHtml(request.request().getHeader(HttpHeaders.ACCEPT))) {
            send(request, ProblemType.NOT_FOUND, ProblemType.NOT_FOUND.advice());
            return;
        }
        request.response()
                .putHeader(RequestId.HEADER, RequestId.of(request.request().getHeader(RequestId.HEADER)))
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        page.send(request, ProblemType.NOT_FOUND.status());
    }
}
