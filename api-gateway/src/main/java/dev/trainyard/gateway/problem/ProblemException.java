package dev.trainyard.gateway.problem;

import dev.trainyard.validation.Violation;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ends a request with a problem; the detail tells the client what to do. */
public final class ProblemException extends RuntimeException {
    private final ProblemType type;
    private final transient List<Violation> errors;
    private final @Nullable Duration retryAfter;

    public ProblemException(ProblemType type, String detail) {
        this(type, detail, List.of(), null);
    }

    public ProblemException(ProblemType type, String detail, @Nullable Duration retryAfter) {
        this(type, detail, List.of(), retryAfter);
    }

    private ProblemException(ProblemType type, String detail, List<Violation> errors, @Nullable Duration retryAfter) {
        // an expected response, so there is no stack trace
        super(detail, null, false, false);
        this.type = type;
        this.errors = errors;
        this.retryAfter = retryAfter;
    }

    /** A problem with all errors of an invalid request. */
    public static ProblemException invalid(List<Violation> errors) {
        String detail = errors.size() == 1
                ? "1 error; see errors for its location and the expected value"
                : errors.size() + " errors; see errors for their locations and the expected values";
        return new ProblemException(ProblemType.INVALID, detail, List.copyOf(errors), null);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    public ProblemType type() {
        return type;
    }

    public List<Violation> errors() {
        return errors;
    }

    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
