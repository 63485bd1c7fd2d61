package dev.trainyard.image.testing;

import static dev.trainyard.image.testing.PngBuilder.png;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Valid PNGs of every color type and depth, each with a stroke. */
final class HostileBases {
    private HostileBases() {}

    static List<byte[]> all() {
        List<byte[]> bases = new ArrayList<>();
        int[][] kinds = {
            {0, 1}, {0, 2}, {0, 4}, {0, 8}, {0, 16}, {2, 8}, {2, 16}, {3, 1}, {3, 4}, {3, 8}, {4, 8}, {4, 16}, {6, 8},
            {6, 16}
        };
        for (int[] kind : kinds) {
            bases.add(drawn(28, 28, kind[0], kind[1]).build());
            bases.add(
                    drawn(31, 45, kind[0], kind[1]).interlaced().inChunksOf(90).build());
        }
        bases.add(drawn(28, 28, 0, 8)
                .with("gAMA", new byte[4])
                .with("tEXt", text("Comment\0a digit"))
                .build());
        bases.add(drawn(28, 28, 0, 8).with("tRNS", new byte[2]).build());
        bases.add(drawn(28, 28, 2, 8).with("tRNS", new byte[6]).build());
        bases.add(drawn(28, 28, 3, 2).with("tRNS", new byte[] {0, 100}).build());
        bases.add(drawn(28, 28, 0, 8).with("zTXt", compressedText(300)).build());
        bases.add(drawn(28, 28, 0, 8).with("zTXt", compressedText(3_000_000)).build());
        bases.add(drawn(300, 200, 6, 8).build());
        bases.add(drawn(1500, 1100, 0, 1).build());
        bases.add(speck(256, 1).build());
        bases.add(speck(120, 8).build());
        return bases;
    }

    /** A single pixel, which is enlarged most. */
    private static PngBuilder speck(int side, int depth) {
        int[] samples = new int[side * side];
        samples[side / 2 * side + side / 2] = (1 << depth) - 1;
        return png(side, side, 0, depth, samples);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] compressedText(int length) {
        byte[] deflated = PngBuilder.deflate(new byte[length]);
        byte[] data = new byte[9 + deflated.length];
        System.arraycopy(text("Comment\0\0"), 0, data, 0, 9);
        System.arraycopy(deflated, 0, data, 9, deflated.length);
        return data;
    }

    private static PngBuilder drawn(int width, int height, int colorType, int depth) {
        int channels = new int[] {1, 0, 3, 1, 2, 0, 4}[colorType];
        int most = (1 << depth) - 1;
        int colors = Math.min(most, 200);
        int[] samples = new int[width * height * channels];
        Random random = new Random(colorType * 100L + depth);
        for (int i = 0; i < samples.length; i++) {
            int x = i / channels % width;
            int y = i / channels / width;
            boolean stroke = Math.abs(x - width / 2 + (y - height / 2) / 4) <= width / 14
                    && Math.abs(y - height / 2) < height / 3;
            int soft = depth >= 8 ? random.nextInt(3) : 0;
            samples[i] = colorType == 3 ? (stroke ? colors : 0) : stroke ? most - soft : soft;
        }
        PngBuilder png = png(width, height, colorType, depth, samples);
        return colorType == 3 ? png.with("PLTE", palette(colors + 1)) : png;
    }

    private static byte[] palette(int colors) {
        byte[] palette = new byte[3 * colors];
        for (int i = 0; i < palette.length; i++) {
            palette[i] = (byte) (i / 3 * 255 / (colors - 1));
        }
        return palette;
    }
}
