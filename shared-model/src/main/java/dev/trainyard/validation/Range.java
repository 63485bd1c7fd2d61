package dev.trainyard.validation;

import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Limits of a number.
 *
 * @param least smallest value
 * @param leastExcluded true if {@code least} itself is too small
 * @param most largest value
 * @param mostExcluded true if {@code most} itself is too large
 */
public record Range(
        @Nullable Number least,
        boolean leastExcluded,
        @Nullable Number most,
        boolean mostExcluded) {
    public static final Range ANY = new Range(null, false, null, false);

    /** Returns the whole numbers from {@code least} to {@code most}. */
    public static Range of(int least, int most) {
        return new Range(least, false, most, false);
    }

    /** Returns the numbers from {@code least} to {@code most}. */
    public static Range of(double least, double most) {
        return new Range(least, false, most, false);
    }

    /** Returns the whole numbers from {@code least}. */
    public static Range atLeast(int least) {
        return new Range(least, false, null, false);
    }

    /** Returns the numbers above {@code bound}, to {@code most}. */
    public static Range above(double bound, double most) {
        return new Range(bound, true, most, false);
    }

    /** Returns the numbers from {@code least}, below {@code bound}. */
    public static Range below(double least, double bound) {
        return new Range(least, false, bound, true);
    }

    boolean contains(Number value) {
        double number = value.doubleValue();
        return (least == null || (leastExcluded ? number > least.doubleValue() : number >= least.doubleValue()))
                && (most == null || (mostExcluded ? number < most.doubleValue() : number <= most.doubleValue()));
    }

    /** Describes the limits as in {@code from 1 to 16}; empty if there are none. */
    String text() {
        if (least instanceof Integer && most instanceof Integer) {
            return "from %s to %s".formatted(least, most);
        }
        return Stream.of(
                        least == null ? null : (leastExcluded ? "above " : "at least ") + least,
                        most == null ? null : (mostExcluded ? "below " : "at most ") + most)
                .filter(Objects::nonNull)
                .collect(Collectors.joining(" and "));
    }
}
