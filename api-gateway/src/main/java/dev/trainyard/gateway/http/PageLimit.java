package dev.trainyard.gateway.http;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.List;

/** Parses {@code ?limit=}, the maximum number of entries of a list. */
public final class PageLimit {
    public static final int MOST = 500;
    /** {@link #MOST} for annotations of the OpenAPI document. */
    public static final String MAXIMUM = "" + MOST;

    private PageLimit() {}

    /** @throws ProblemException 422 if {@code text} is not a number from 1 to {@link #MOST} */
    public static int require(String text) {
        List<Violation> errors = new ArrayList<>();
        int count = read(text, errors);
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        return count;
    }

    /**
     * Parses {@code text}.
     *
     * @param errors receives a violation if {@code text} is invalid
     * @return 1 to {@link #MOST}; 0 if invalid
     */
    public static int read(String text, List<Violation> errors) {
        int count = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
        if (count >= 1 && count <= MOST) {
            return count;
        }
        errors.add(new Violation("?limit", "must be a whole number from 1 to " + MOST));
        return 0;
    }
}
