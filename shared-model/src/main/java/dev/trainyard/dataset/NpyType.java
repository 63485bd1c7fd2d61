package dev.trainyard.dataset;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Element type of a NumPy array. Source: numpy.lib.format, {@code descr}.
 *
 * @param kind {@code b} boolean, {@code i} integer, {@code u} unsigned integer, {@code f} floating point
 * @param bytes size of one element
 */
record NpyType(char kind, int bytes, ByteOrder order) {
    private static final Pattern DESCR = Pattern.compile("([<>|=]?)(b1|[iu][1248]|f[248])");
    private static final double TWO_TO_64 = 0x1p64;

    /** @return empty if the elements are not single numbers, for example objects, text or records */
    static Optional<NpyType> parse(String descr) {
        Matcher matcher = DESCR.matcher(descr);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        ByteOrder order = matcher.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        String type = matcher.group(2);
        return Optional.of(new NpyType(type.charAt(0), type.charAt(1) - '0', order));
    }

    /** Returns the element at byte {@code at}; integers above 2^53 are rounded. */
    double get(ByteBuffer elements, int at) {
        return switch (kind) {
            case 'f' ->
                switch (bytes) {
                    case 2 -> half(elements.getShort(at));
                    case 4 -> elements.getFloat(at);
                    default -> elements.getDouble(at);
                };
            case 'i' -> integer(elements, at);
            case 'u' -> unsigned(integer(elements, at));
            default -> elements.get(at) == 0 ? 0 : 1;
        };
    }

    private long integer(ByteBuffer elements, int at) {
        return switch (bytes) {
            case 1 -> elements.get(at);
            case 2 -> elements.getShort(at);
            case 4 -> elements.getInt(at);
            default -> elements.getLong(at);
        };
    }

    private double unsigned(long value) {
        if (bytes == 8) {
            return value < 0 ? value + TWO_TO_64 : value;
        }
        return value & (1L << 8 * bytes) - 1;
    }

    /** Source: IEEE 754, binary16. */
    private static double half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        double magnitude =
                switch (exponent) {
                    case 0 -> fraction * 0x1p-24;
                    case 0x1f -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
                    default -> (0x400 | fraction) * Math.scalb(1.0, exponent - 25);
                };
        return bits < 0 ? -magnitude : magnitude;
    }

    /** The name used by {@code numpy.dtype}. */
    @Override
    public String toString() {
        String name =
                switch (kind) {
                    case 'b' -> "bool";
                    case 'i' -> "int" + 8 * bytes;
                    case 'u' -> "uint" + 8 * bytes;
                    default -> "float" + 8 * bytes;
                };
        return order == ByteOrder.BIG_ENDIAN && bytes > 1 ? "big-endian " + name : name;
    }
}
