package dev.trainyard.settings;

import java.math.BigInteger;

/** Parses integers on the command line. */
public final class IntegerParser {
    private IntegerParser() {}

    /** @throws IllegalArgumentException if {@code text} is not an integer or out of range; the message says which */
    public static int parseInt(String text) {
        return (int) parse(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** @throws IllegalArgumentException if {@code text} is not an integer or out of range; the message says which */
    public static long parseLong(String text) {
        return parse(text, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private static long parse(String text, long least, long most) {
        if (!text.matches("[+-]?[0-9]{1,100}")) {
            throw new IllegalArgumentException("\"%s\" is not a whole number".formatted(text));
        }
        BigInteger number = new BigInteger(text);
        if (number.compareTo(BigInteger.valueOf(least)) < 0) {
            throw new IllegalArgumentException("%s is too small".formatted(text));
        }
        if (number.compareTo(BigInteger.valueOf(most)) > 0) {
            throw new IllegalArgumentException("%s is too large".formatted(text));
        }
        return number.longValue();
    }
}
