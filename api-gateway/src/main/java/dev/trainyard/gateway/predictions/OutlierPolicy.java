package dev.trainyard.gateway.predictions;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.validation.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Handling of an image that does not look like a digit: {@code ?outliers=refuse} (default) or {@code accept}. */
public enum OutlierPolicy {
    /** No prediction, only a best guess. */
    REFUSE("refuse"),
    /** A prediction as for any other image, marked as an outlier. */
    ACCEPT("accept");

    static final String PARAMETER = "outliers";
    private final String wireName;

    OutlierPolicy(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    /** @throws ProblemException if {@code value} is neither of the two */
    public static OutlierPolicy parse(@Nullable String value) {
        if (value == null) {
            return REFUSE;
        }
        for (OutlierPolicy policy : values()) {
            if (policy.wireName.equals(value)) {
                return policy;
            }
        }
        throw ProblemException.invalid(List.of(new Violation(
                "/" + PARAMETER, "must be refuse, which is the default, or accept, not \"%s\"".formatted(value))));
    }
}
