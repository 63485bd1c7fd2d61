package dev.trainyard.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a {@code .npy} file, format versions 1 to 3.
 *
 * @param shape size of each dimension
 * @param fortranOrder true if the first index changes fastest, as in Fortran; false for C order
 * @param bytes length of the header, from the start of the file
 */
record NpyHeader(int[] shape, NpyType type, boolean fortranOrder, int bytes) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_BYTES = 64 * 1024;
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*('[^']*'|\\[)");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,\\s]*)\\)");

    /** @throws IOException if the file is invalid; the message has the byte offset */
    static NpyHeader read(InputStream in) throws IOException {
        byte[] start = in.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2 || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IOException("at byte 0: not a NumPy array, its magic number is missing");
        }
        int version = start[6];
        if (version < 1 || version > 3) {
            throw new IOException("at byte 6: NumPy format version %d, known are 1 to 3".formatted(version));
        }
        byte[] size = in.readNBytes(version == 1 ? 2 : 4);
        ByteBuffer length = ByteBuffer.wrap(Arrays.copyOf(size, 4)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] text = in.readNBytes((int) Math.min(MAX_BYTES, length.getInt() & 0xffffffffL));
        if (text.length != length.getInt(0)) {
            throw new IOException(
                    "at byte 8: the header is longer than the file, or than %d bytes".formatted(MAX_BYTES));
        }
        String header = new String(text, StandardCharsets.UTF_8);
        String descr = field(DESCR, header, "descr").replace("'", "");
        NpyType type = NpyType.parse(descr)
                .orElseThrow(() -> new IOException(
                        ("elements of type %s are not read, only booleans, integers and floating-point numbers; "
                                        + "convert the array: a = np.array(a.tolist(), dtype=np.uint8)")
                                .formatted(descr.equals("[") ? "of a structured array" : "'" + descr + "'")));
        return new NpyHeader(
                shape(field(SHAPE, header, "shape")),
                type,
                field(ORDER, header, "fortran_order").equals("True"),
                start.length + size.length + text.length);
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

    /** Number of elements. */
    int elements() throws IOException {
        long elements = 1;
        for (int extent : shape) {
            if (extent != 0 && elements > Integer.MAX_VALUE / extent) {
                throw new IOException("shape %s has too many elements".formatted(Arrays.toString(shape)));
            }
            elements *= extent;
        }
        return (int) elements;
    }
}
