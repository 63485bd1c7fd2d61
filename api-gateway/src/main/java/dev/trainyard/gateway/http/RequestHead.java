package dev.trainyard.gateway.http;

import dev.trainyard.gateway.problem.EarlyProblem;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.problem.RequestId;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a request that its answer needs.
 *
 * @param requestId as the client sent it
 */
record RequestHead(String path, HttpMethod method, @Nullable String requestId) {

    /** Path to which {@code OPTIONS *}, the request for the server's capabilities, is routed. */
    static final String SERVER_PATH = "/*";
    /** Netty's method name for an unreadable request line. */
    private static final String UNREADABLE = "/bad-request";

    static RequestHead of(HttpRequest request) {
        boolean unknown = request.decoderResult().isFailure() && request.uri().equals(UNREADABLE);
        String path = unknown ? "/" : RequestTarget.path(request.uri());
        return new RequestHead(path, request.method(), request.headers().get(RequestId.HEADER));
    }

    EarlyProblem problem(ProblemType type, String detail) {
        return EarlyProblem.of(type, detail, path, requestId);
    }

    /** The problem if {@code request} cannot be served on any path; empty if it can. */
    Optional<EarlyProblem> rejection(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return Optional.of(unreadable(request.decoderResult().cause()));
        }
        HttpVersion version = request.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return Optional.of(
                    problem(ProblemType.HTTP_VERSION_NOT_SUPPORTED, "This server supports HTTP/1.1 and HTTP/1.0."));
        }
        return hosts(request)
                .or(() -> framing(request))
                .or(() -> target(request))
                .map(detail -> problem(ProblemType.MALFORMED_REQUEST, detail));
    }

    private EarlyProblem unreadable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return problem(ProblemType.URI_TOO_LONG, "The request line is too long; send less in the query.");
        }
        if (cause instanceof TooLongFrameException) {
            return problem(ProblemType.HEADERS_TOO_LARGE, "The headers are too large; send fewer of them.");
        }
        return problem(
                ProblemType.MALFORMED_REQUEST,
                "The HTTP request is malformed: its request line, a header's name or value, or the"
                        + " Content-Length is malformed.");
    }

    private static Optional<String> hosts(HttpRequest request) {
        int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1) {
            return Optional.of("The request has several Host headers; send one.");
        }
        return hosts == 0 && request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                ? Optional.of("The request has no Host header, which HTTP/1.1 requires.")
                : Optional.empty();
    }

    /** A body of unknown length would be read as the next request. */
    private static Optional<String> framing(HttpRequest request) {
        var encodings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        boolean readable =
                encodings.isEmpty() || encodings.size() == 1 && encodings.get(0).equalsIgnoreCase("chunked");
        return readable
                ? Optional.empty()
                : Optional.of("Transfer-Encoding must be chunked; use Content-Encoding for compression.");
    }

    private static Optional<String> target(HttpRequest request) {
        return isAboutServer(request) ? Optional.empty() : RequestTarget.problem(request.uri());
    }

    /** Vert.x answers 404 to a path without a leading slash before the first handler. */
    static void replaceAsteriskTarget(HttpRequest request) {
        if (isAboutServer(request)) {
            request.setUri(SERVER_PATH);
        }
    }

    private static boolean isAboutServer(HttpRequest request) {
        return request.uri().equals("*") && request.method().equals(HttpMethod.OPTIONS);
    }
}
