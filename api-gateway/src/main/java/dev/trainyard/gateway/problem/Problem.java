package dev.trainyard.gateway.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.trainyard.validation.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error response (RFC 9457).
 *
 * @param errors invalid fields with their JSON pointers; absent unless the request was invalid
 * @param more number of errors that are not listed; absent if all are
 * @param requestId also logged with the cause
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        @Nullable String instance,
        List<Violation> errors,
        @Nullable Integer more,
        @Nullable String requestId) {
    /** Largest number of listed errors. */
    static final int MAX_ERRORS = 50;

    public static final String MEDIA_TYPE = "application/problem+json";

    /** Lists the first of {@code errors} and counts the others. */
    public Problem(
            String type,
            String title,
            int status,
            String detail,
            @Nullable String instance,
            List<Violation> errors,
            @Nullable String requestId) {
        this(
                type,
                title,
                status,
                detail,
                instance,
                errors.size() <= MAX_ERRORS ? errors : List.copyOf(errors.subList(0, MAX_ERRORS)),
                errors.size() <= MAX_ERRORS ? null : errors.size() - MAX_ERRORS,
                requestId);
    }

    /** The problem of {@code e} as a part of a larger response or of an asynchronous result. */
    public static Problem of(ProblemException e, @Nullable String instance) {
        ProblemType type = e.type();
        return new Problem(type.uri(), type.title(), type.status(), e.getMessage(), instance, e.errors(), null);
    }

    public Problem at(String place) {
        return new Problem(type, title, status, detail, place, errors, more, requestId);
    }
}
