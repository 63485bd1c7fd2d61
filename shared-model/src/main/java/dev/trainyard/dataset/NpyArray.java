package dev.trainyard.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array as NumPy's {@code .npy} format holds it, versions 1 to 3.
 *
 * @param shape extent of each dimension, C order
 * @param values all elements, row-major, little-endian
 */
record NpyArray(int[] shape, byte[] values) {
    private static final List<String> UNSIGNED_BYTES = List.of("|u1", "u1");
    private static final List<String> FLOATS = List.of("<f4");
    private static final List<String> DOUBLES = List.of("<f8");
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,\\s]*)\\)");

    /**
     * Reads a whole {@code .npy} file of unsigned bytes.
     *
     * @throws IOException that names the byte offset where the file is not what it should be
     */
    static NpyArray parse(byte[] file) throws IOException {
        return parse(file, UNSIGNED_BYTES, 1);
    }

    /** As {@link #parse}, of float32. */
    static NpyArray parseFloats(byte[] file) throws IOException {
        return parse(file, FLOATS, Float.BYTES);
    }

    /** As {@link #parseFloats}, of float64, which are rounded. */
    static NpyArray parseDoubles(byte[] file) throws IOException {
        NpyArray array = parse(file, DOUBLES, Double.BYTES);
        DoubleBuffer doubles =
                ByteBuffer.wrap(array.values()).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer();
        ByteBuffer floats =
                ByteBuffer.allocate(doubles.remaining() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (doubles.hasRemaining()) {
            floats.putFloat((float) doubles.get());
        }
        return new NpyArray(array.shape(), floats.array());
    }

    /** The elements of a float32 array. */
    FloatBuffer floats() {
        return ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }

    private static NpyArray parse(byte[] file, List<String> types, int width) throws IOException {
        if (file.length < 10 || !Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IOException("at byte 0: not a NumPy array, its magic number is missing");
        }
        int version = file[6];
        if (version < 1 || version > 3) {
            throw new IOException("at byte 6: NumPy format version %d, known are 1 to 3".formatted(version));
        }
        int headerStart = version == 1 ? 10 : 12;
        long headerLength = -1;
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length >= headerStart) {
            headerLength = version == 1 ? Short.toUnsignedInt(bytes.getShort(8)) : bytes.getInt(8) & 0xffffffffL;
        }
        if (headerLength < 0 || headerStart + headerLength > file.length) {
            throw new IOException("at byte 8: the header is longer than the file");
        }
        int dataStart = (int) (headerStart + headerLength);
        String header = new String(file, headerStart, (int) headerLength, StandardCharsets.UTF_8);
        String descr = field(DESCR, header, "descr");
        if (!types.contains(descr)) {
            throw new IOException("elements are of type '%s', expected '%s'".formatted(descr, types.get(0)));
        }
        if (field(ORDER, header, "fortran_order").equals("True")) {
            throw new IOException("at byte %d: Fortran order, expected C order".formatted(headerStart));
        }
        int[] shape = shape(field(SHAPE, header, "shape"));
        long elements = 1;
        for (int extent : shape) {
            elements = Math.multiplyExact(elements, extent);
        }
        long present = file.length - (long) dataStart;
        if (elements * width != present) {
            throw new IOException("at byte %d: shape %s needs %d bytes, the array holds %d"
                    .formatted(dataStart, Arrays.toString(shape), elements * width, present));
        }
        return new NpyArray(shape, Arrays.copyOfRange(file, dataStart, file.length));
    }

    private static String field(Pattern pattern, String header, String name) throws IOException {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw new IOException("the header has no readable '%s': %s".formatted(name, header.strip()));
        }
        return matcher.group(1);
    }

    private static int[] shape(String text) throws IOException {
        try {
            return Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(extent -> !extent.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
        } catch (NumberFormatException e) {
            throw new IOException("the shape (%s) has an extent that is too large".formatted(text), e);
        }
    }
}
