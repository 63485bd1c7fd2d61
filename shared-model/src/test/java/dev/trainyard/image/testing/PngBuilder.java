package dev.trainyard.image.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes PNGs of every colour type, depth and interlacing, good or damaged on purpose. */
public final class PngBuilder {
    public static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    private static final int[][] WHOLE = {{0, 0, 1, 1}};
    private static final int[][] ADAM7 = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private final int width;
    private final int height;
    private final int colorType;
    private final int depth;
    private final int[] samples;
    private final List<byte[]> before = new ArrayList<>();
    private boolean interlaced;
    private int dataChunk = Integer.MAX_VALUE;

    private PngBuilder(int width, int height, int colorType, int depth, int[] samples) {
        this.width = width;
        this.height = height;
        this.colorType = colorType;
        this.depth = depth;
        this.samples = samples;
    }

    /** @param samples {@code height * width * channels} values of {@code depth} bits */
    public static PngBuilder png(int width, int height, int colorType, int depth, int[] samples) {
        return new PngBuilder(width, height, colorType, depth, samples);
    }

    /** 8-bit grey. */
    public static PngBuilder grey(int width, int height, byte[] pixels) {
        int[] samples = new int[pixels.length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = pixels[i] & 0xff;
        }
        return png(width, height, 0, 8, samples);
    }

    public PngBuilder interlaced() {
        interlaced = true;
        return this;
    }

    /** Adds a chunk before the image data. */
    public PngBuilder with(String name, byte... data) {
        before.add(chunk(name, data));
        return this;
    }

    /** Splits the image data into chunks of so many bytes. */
    public PngBuilder inChunksOf(int bytes) {
        dataChunk = bytes;
        return this;
    }

    public byte[] build() {
        return build(deflate(rows()));
    }

    /** With other image data than the samples make. */
    public byte[] build(byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(SIGNATURE);
        out.writeBytes(header(width, height, depth, colorType, interlaced ? 1 : 0));
        before.forEach(out::writeBytes);
        int from = 0;
        do {
            int to = from + Math.min(dataChunk, data.length - from);
            out.writeBytes(chunk("IDAT", Arrays.copyOfRange(data, from, to)));
            from = to;
        } while (from < data.length);
        out.writeBytes(chunk("IEND"));
        return out.toByteArray();
    }

    public static byte[] header(int width, int height, int depth, int colorType, int interlace) {
        return chunk(
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put((byte) depth)
                        .put((byte) colorType)
                        .put((byte) 0)
                        .put((byte) 0)
                        .put((byte) interlace)
                        .array());
    }

    /** A whole chunk: length, name, data and CRC. */
    public static byte[] chunk(String name, byte... data) {
        byte[] named = name.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 crc = new CRC32();
        crc.update(named);
        crc.update(data);
        return ByteBuffer.allocate(12 + data.length)
                .putInt(data.length)
                .put(named)
                .put(data)
                .putInt((int) crc.getValue())
                .array();
    }

    public static byte[] deflate(byte[] bytes) {
        Deflater deflater = new Deflater();
        deflater.setInput(bytes);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] some = new byte[64 * 1024];
        while (!deflater.finished()) {
            out.write(some, 0, deflater.deflate(some));
        }
        deflater.end();
        return out.toByteArray();
    }

    /** The image data before it is deflated, each row with the next of the five filters. */
    public byte[] rows() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int channels = channels();
        int pixelBytes = Math.max(1, channels * depth / 8);
        for (int[] pass : interlaced ? ADAM7 : WHOLE) {
            int passWidth = (width - pass[0] + pass[2] - 1) / pass[2];
            byte[] above = new byte[(passWidth * channels * depth + 7) / 8];
            int number = 0;
            for (int y = pass[1]; y < height && passWidth > 0; y += pass[3]) {
                byte[] row = new byte[above.length];
                for (int i = 0; i < passWidth * channels; i++) {
                    int x = pass[0] + i / channels * pass[2];
                    put(row, i, samples[(y * width + x) * channels + i % channels]);
                }
                int filter = number++ % 5;
                out.write(filter);
                out.writeBytes(filtered(filter, row, above, pixelBytes));
                above = row;
            }
        }
        return out.toByteArray();
    }

    private int channels() {
        return switch (colorType) {
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> 1;
        };
    }

    private void put(byte[] row, int index, int sample) {
        if (depth == 16) {
            row[2 * index] = (byte) (sample >> 8);
            row[2 * index + 1] = (byte) sample;
        } else {
            int bit = index * depth;
            row[bit / 8] |= (byte) (sample << 8 - depth - bit % 8);
        }
    }

    private static byte[] filtered(int filter, byte[] row, byte[] above, int pixelBytes) {
        byte[] result = new byte[row.length];
        for (int i = 0; i < row.length; i++) {
            int a = i < pixelBytes ? 0 : row[i - pixelBytes] & 0xff;
            int b = above[i] & 0xff;
            int c = i < pixelBytes ? 0 : above[i - pixelBytes] & 0xff;
            int predicted =
                    switch (filter) {
                        case 1 -> a;
                        case 2 -> b;
                        case 3 -> (a + b) / 2;
                        case 4 -> paeth(a, b, c);
                        default -> 0;
                    };
            result[i] = (byte) (row[i] - predicted);
        }
        return result;
    }

    private static int paeth(int a, int b, int c) {
        int p = a + b - c;
        int toA = Math.abs(p - a);
        int toB = Math.abs(p - b);
        int toC = Math.abs(p - c);
        return toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
    }
}
