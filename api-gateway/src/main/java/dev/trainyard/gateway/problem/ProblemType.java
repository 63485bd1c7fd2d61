package dev.trainyard.gateway.problem;

import java.util.Arrays;
import java.util.Locale;

/** All kinds of errors of this API. The names are part of the API. */
public enum ProblemType {
    MALFORMED_REQUEST(400, "The request cannot be read"),
    UNAUTHORIZED(401, "Authentication is required"),
    FORBIDDEN(403, "This is not allowed"),
    NOT_FOUND(404, "Not found"),
    METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
    NOT_ACCEPTABLE(406, "The requested response format is not available"),
    REQUEST_TIMEOUT(408, "The request was not received in time"),
    CONFLICT(409, "The current state does not allow it"),
    GONE(410, "It was deleted"),
    TOO_LARGE(413, "The request is too large"),
    URI_TOO_LONG(414, "The address is too long"),
    UNSUPPORTED_MEDIA_TYPE(415, "The content type is not supported"),
    INVALID(422, "The request is not valid"),
    TOO_MANY_REQUESTS(429, "Too many requests at once"),
    HEADERS_TOO_LARGE(431, "The headers are too large"),
    INTERNAL_ERROR(500, "Internal error"),
    UNAVAILABLE(503, "The service is unavailable"),
    NO_ACTIVE_MODEL(503, "There is no active model"),
    MODEL_UNAVAILABLE(503, "This version of the model cannot be loaded"),
    TIMEOUT(504, "No reply in time"),
    HTTP_VERSION_NOT_SUPPORTED(505, "This version of HTTP is not supported"),
    INSUFFICIENT_STORAGE(507, "There is too little free disk space");

    private final int status;
    private final String title;

    ProblemType(int status, String title) {
        this.status = status;
        this.title = title;
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /** Stable identifier of the kind, a URI reference (RFC 9457). */
    public String uri() {
        return "/problems/" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** General advice for this kind of error. */
    public String advice() {
        return switch (this) {
            case NOT_FOUND -> "This path does not exist; /q/swagger-ui lists all paths.";
            case METHOD_NOT_ALLOWED -> "The method is not allowed here; /q/swagger-ui shows which are.";
            case TOO_LARGE -> "The request is larger than this path accepts.";
            case UNAVAILABLE -> "The gateway is starting or stopping. Try again.";
            case INTERNAL_ERROR -> "The request failed. Send this request_id to the operator; the log has the cause.";
            default -> "The request could not be read; /q/swagger-ui shows examples that work.";
        };
    }

    /** The first kind with this status, else a general one. */
    public static ProblemType ofStatus(int status) {
        return Arrays.stream(values())
                .filter(type -> type.status == status)
                .findFirst()
                .orElse(status < 500 ? MALFORMED_REQUEST : INTERNAL_ERROR);
    }
}
