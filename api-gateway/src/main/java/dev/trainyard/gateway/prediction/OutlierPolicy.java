package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.validation.Violation;
import java.util.List;

/** What a request wants of a picture that looks like no digit: {@code ?outliers=refuse}, the default, or {@code accept}. */
public enum OutlierPolicy {
    /** No prediction, but the best guess beside it. */
    REFUSE("refuse"),
    /** An answer as to any other picture; the outlier is told all the same. */
    ACCEPT("accept");

    static final String PARAMETER = "outliers";
    private final String wireName;

    OutlierPolicy(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    /** @throws ProblemException if {@code value} is none of the two */
    public static OutlierPolicy parse(String value) {
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
