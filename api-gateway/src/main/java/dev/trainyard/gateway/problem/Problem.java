package dev.trainyard.gateway.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.trainyard.validation.Violation;
import java.util.List;

/**
 * An error as RFC 9457 writes it.
 *
 * @param errors each bad field with its JSON pointer; absent unless the request was not valid
 * @param more errors that are not listed; absent if all are
 * @param requestId stands in the log beside what caused it
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        String instance,
        List<Violation> errors,
        Integer more,
        String requestId) {
    /** What a client is told of many errors; it mends the first ones first. */
    static final int MOST_ERRORS = 50;

    public static final String MEDIA_TYPE = "application/problem+json";

    /** One that lists the first of {@code errors} and counts the others. */
    public Problem(
            String type,
            String title,
            int status,
            String detail,
            String instance,
            List<Violation> errors,
            String requestId) {
        this(
                type,
                title,
                status,
                detail,
                instance,
                errors.size() <= MOST_ERRORS ? errors : List.copyOf(errors.subList(0, MOST_ERRORS)),
                errors.size() <= MOST_ERRORS ? null : errors.size() - MOST_ERRORS,
                requestId);
    }

    /** What {@code e} is as a part of a larger answer, or of one that is given later. */
    public static Problem of(ProblemException e, String instance) {
        ProblemType type = e.type();
        return new Problem(type.uri(), type.title(), type.status(), e.getMessage(), instance, e.errors(), null);
    }

    public Problem at(String place) {
        return new Problem(type, title, status, detail, place, errors, more, requestId);
    }
}
