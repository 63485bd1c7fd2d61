package dev.trainyard.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads arrays of NumPy's {@code .npy} format: numbers of any type, in C or Fortran order. */
final class NpyArray {
    private static final int UNSIGNED_BYTE_MAX = 255;
    private static final int CHUNK_ELEMENTS = 8192;

    private final InputStream in;
    private final NpyHeader header;
    private final int elements;

    /**
     * Unsigned bytes.
     *
     * @param shape extent of each dimension
     * @param values all elements, row-major
     */
    record Bytes(int[] shape, byte[] values) {}

    /**
     * Float32 numbers.
     *
     * @param shape extent of each dimension
     * @param values all elements, row-major
     */
    record Floats(int[] shape, float[] values) {}

    private interface Sink {
        /** @param index row-major */
        void put(int index, double value) throws IOException;
    }

    private NpyArray(InputStream in, long fileBytes) throws IOException {
        this.in = in;
        this.header = NpyHeader.read(in);
        this.elements = header.elements();
        long expected = (long) elements * header.type().bytes();
        long present = fileBytes - header.bytes();
        if (expected != present) {
            throw new IOException("at byte %d: shape %s needs %d bytes, the array holds %d"
                    .formatted(header.bytes(), Arrays.toString(header.shape()), expected, present));
        }
    }

    /**
     * Reads integers from 0 to 255 of any type.
     *
     * @param fileBytes size of the {@code .npy} file
     * @throws IOException with the position of damage, or the first element that does not fit and the line of NumPy
     *     that converts the array
     */
    static Bytes readBytes(InputStream in, long fileBytes) throws IOException {
        NpyArray array = new NpyArray(in, fileBytes);
        byte[] values = new byte[array.elements];
        array.readBytes(values);
        return new Bytes(array.header.shape(), values);
    }

    /**
     * Reads grey levels like {@link #readBytes}. Floating-point numbers or booleans that are all 0 or 1 are refused:
     * they mean black and white and would become two almost black levels.
     */
    static Bytes readLevels(InputStream in, long fileBytes) throws IOException {
        NpyArray array = new NpyArray(in, fileBytes);
        byte[] values = new byte[array.elements];
        double largest = array.readBytes(values);
        boolean isScaled =
                array.header.type().kind() == 'f' || array.header.type().kind() == 'b';
        if (isScaled && largest == 1) {
            throw new IOException(
                    "levels are 0 and 1 (%s), expected 0 to 255; convert them: a = a.astype(np.uint8) * 255"
                            .formatted(array.header.type()));
        }
        return new Bytes(array.header.shape(), values);
    }

    /** @return the largest value */
    private double readBytes(byte[] values) throws IOException {
        double[] largest = {0};
        read((index, value) -> {
            if (value < 0 || value > UNSIGNED_BYTE_MAX || value != Math.rint(value)) {
                throw notAByte(index, value, largest[0]);
            }
            largest[0] = Math.max(largest[0], value);
            values[index] = (byte) (int) value;
        });
        return largest[0];
    }

    /** Reads numbers of any type, rounded to float32; otherwise like {@link #readBytes}. */
    static Floats readFloats(InputStream in, long fileBytes) throws IOException {
        NpyArray array = new NpyArray(in, fileBytes);
        float[] values = new float[array.elements];
        array.read((index, value) -> values[index] = (float) value);
        return new Floats(array.header.shape(), values);
    }

    private void read(Sink sink) throws IOException {
        int width = header.type().bytes();
        byte[] chunk = new byte[CHUNK_ELEMENTS * width];
        ByteBuffer buffer = ByteBuffer.wrap(chunk).order(header.type().order());
        RowMajorIndex index = new RowMajorIndex(header);
        int done = 0;
        while (done < elements) {
            int count = Math.min(CHUNK_ELEMENTS, elements - done);
            if (in.readNBytes(chunk, 0, count * width) < count * width) {
                throw new IOException("the array ends before its %d elements".formatted(elements));
            }
            for (int i = 0; i < count; i++) {
                sink.put(index.next(), header.type().get(buffer, i * width));
            }
            done += count;
        }
    }

    private IOException notAByte(int index, double value, double largestBefore) {
        boolean scaled = header.type().kind() == 'f' && value > 0 && value < 1 && largestBefore <= 1;
        String remedy = scaled
                ? "convert levels from 0 to 1: a = np.rint(a * 255).astype(np.uint8)"
                : "convert the array: a = np.clip(np.rint(a), 0, 255).astype(np.uint8)";
        return new IOException("element %s is %s (%s), not a whole number from 0 to 255; %s"
                .formatted(position(index), value, header.type(), remedy));
    }

    private String position(int index) {
        int[] shape = header.shape();
        int[] position = new int[shape.length];
        int rest = index;
        for (int d = shape.length - 1; d >= 0; d--) {
            position[d] = rest % shape[d];
            rest /= shape[d];
        }
        return Arrays.toString(position);
    }

    /** Row-major indices of the elements in storage order. */
    private static final class RowMajorIndex {
        private final int[] shape;
        private final int[] strides;
        private final int[] position;
        private final boolean fortranOrder;
        private int next;

        RowMajorIndex(NpyHeader header) {
            this.shape = header.shape();
            this.strides = new int[shape.length];
            this.position = new int[shape.length];
            this.fortranOrder = header.fortranOrder();
            int stride = 1;
            for (int d = shape.length - 1; d >= 0; d--) {
                strides[d] = stride;
                stride *= shape[d];
            }
        }

        int next() {
            int index = next;
            if (fortranOrder) {
                for (int d = 0; d < shape.length; d++) {
                    next += strides[d];
                    if (++position[d] < shape[d]) {
                        break;
                    }
                    next -= shape[d] * strides[d];
                    position[d] = 0;
                }
            } else {
                next++;
            }
            return index;
        }
    }
}
