package dev.trainyard.network;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An argument of a network, described for forms and the OpenAPI document. The network itself enforces the limits when
 * it reads the arguments.
 *
 * @param title short label for a form
 * @param help its effect and its unit
 * @param least smallest value, for lists of each item; null for words
 * @param most largest value; null for words
 * @param mostExcluded true if {@code most} itself is too large
 * @param mostItems largest number of items in a list; otherwise 0
 * @param fallback default value; null if it depends on other arguments, as {@code help} then explains
 * @param words allowed values of a word; otherwise empty
 */
public record NetworkArgument(
        String name,
        Kind kind,
        String title,
        String help,
        @Nullable Number least,
        @Nullable Number most,
        boolean mostExcluded,
        int mostItems,
        @Nullable Object fallback,
        List<String> words) {

    /** The JSON type of a value. */
    public enum Kind {
        INTEGER,
        DECIMAL,
        WORD,
        /** A list of integers. */
        INTEGERS
    }

    static NetworkArgument integer(String name, String title, String help, int least, int most) {
        return new NetworkArgument(name, Kind.INTEGER, title, help, least, most, false, 0, null, List.of());
    }

    static NetworkArgument integers(String name, String title, String help, int mostItems, int most) {
        return new NetworkArgument(name, Kind.INTEGERS, title, help, 1, most, false, mostItems, null, List.of());
    }

    /** A number from {@code least} to below {@code bound}. */
    static NetworkArgument decimalBelow(
            String name, String title, String help, double least, double bound, double fallback) {
        return new NetworkArgument(name, Kind.DECIMAL, title, help, least, bound, true, 0, fallback, List.of());
    }

    static NetworkArgument activation(String name, String title, String help, Activation fallback) {
        List<String> words =
                Arrays.stream(Activation.values()).map(Activation::wireName).toList();
        return new NetworkArgument(name, Kind.WORD, title, help, null, null, false, 0, fallback.wireName(), words);
    }
}
