package dev.trainyard.image.testing;

import static dev.trainyard.image.testing.PngBuilder.grey;
import static dev.trainyard.image.testing.PngBuilder.png;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/** One digit, 28×28 light on black as MNIST has it, as the PNGs that people and programs would make of it. */
public final class DigitForms {
    private static final int SIDE = 28;

    private DigitForms() {}

    /** The same 28×28 pixels in every way that PNG has to write them; coarse depths lose what they must. */
    public static Map<String, byte[]> encodings(byte[] digit) {
        Map<String, byte[]> forms = new LinkedHashMap<>();
        forms.put("grey 8", grey(SIDE, SIDE, digit).build());
        forms.put("grey 8, interlaced", grey(SIDE, SIDE, digit).interlaced().build());
        forms.put("grey 8, inverted", grey(SIDE, SIDE, map(digit, v -> 255 - v)).build());
        forms.put("grey 16", of(digit, 0, 16, v -> v * 257));
        forms.put("grey 4", of(digit, 0, 4, v -> (v + 8) / 17));
        forms.put("grey 2", of(digit, 0, 2, v -> (v + 42) / 85));
        forms.put("grey 1", of(digit, 0, 1, v -> v >> 7));
        forms.put("RGB 8", of(digit, 2, 8, v -> v, v -> v, v -> v));
        forms.put(
                "RGB 16, interlaced",
                png(SIDE, SIDE, 2, 16, samples(digit, v -> 257 * v, v -> 257 * v, v -> 257 * v))
                        .interlaced()
                        .build());
        forms.put("palette 8", palette(digit, 8, 255));
        forms.put("palette 4, inverted, interlaced", palette(digit, 4, 15));
        forms.put("palette 1", palette(digit, 1, 1));
        forms.put("grey and alpha 8, opaque", of(digit, 4, 8, v -> v, v -> 255));
        forms.put("white in the alpha channel", of(digit, 4, 8, v -> 255, v -> v));
        forms.put("black in the alpha channel, 16 bits", of(digit, 6, 16, v -> 0, v -> 0, v -> 0, v -> 257 * v));
        forms.put("cut out of black", of(digit, 6, 8, v -> 0, v -> 0, v -> 0, v -> 255 - v));
        forms.put("blue on clear", of(digit, 6, 8, v -> 0, v -> 0, v -> 200, v -> v));
        forms.put(
                "black is the clear grey",
                png(SIDE, SIDE, 0, 8, samples(digit, v -> v))
                        .with("tRNS", new byte[2])
                        .build());
        forms.put(
                "white is the clear colour",
                png(SIDE, SIDE, 2, 8, samples(digit, v -> 255 - v, v -> 255 - v, v -> 255 - v))
                        .with("tRNS", (byte) 0, (byte) 255, (byte) 0, (byte) 255, (byte) 0, (byte) 255)
                        .build());
        forms.put("palette with opacities", opacities(digit));
        forms.put(
                "with gamma, size and text",
                grey(SIDE, SIDE, digit)
                        .with("gAMA", new byte[] {0, 1, (byte) 0x86, (byte) 0xa0})
                        .with("pHYs", new byte[] {0, 0, 11, 19, 0, 0, 11, 19, 1})
                        .with("tEXt", "Title\0eight".getBytes())
                        .inChunksOf(50)
                        .build());
        forms.put("yellow on blue", of(digit, 2, 8, v -> v, v -> v, v -> 128 - v / 2));
        forms.put("red on green of the same lightness", of(digit, 2, 8, v -> v, v -> 130 - v * 130 / 255, v -> 0));
        forms.put("pale", grey(SIDE, SIDE, map(digit, v -> 120 - v / 4)).build());
        return forms;
    }

    /** The same digit drawn larger, smaller, elsewhere, with another pen, or as a camera sees it. */
    public static Map<String, byte[]> drawings(byte[] digit, long seed) {
        Random random = new Random(seed);
        Map<String, byte[]> forms = new LinkedHashMap<>();
        Sketch small = new Sketch(SIDE, SIDE, digit);
        forms.put(
                "moved within 28×28",
                small.moved(random.nextInt(7) - 3, random.nextInt(7) - 3).png());
        forms.put(
                "half as large in 28×28",
                small.halved()
                        .on(28, 28, 3 + random.nextInt(8), 3 + random.nextInt(8))
                        .png());
        forms.put("20×20", small.resized(20, 20).png());
        forms.put("3 times as large", small.enlarged(3).png());
        forms.put(
                "10 times as large, black on white",
                small.enlarged(10).inverted().png());
        forms.put("10 times as large, smooth", small.resized(280, 280).png());
        forms.put(
                "37 times as large, hard edges",
                small.resized(1036, 1036).hard().inverted().png());
        forms.put(
                "in a corner of 100×100",
                small.on(100, 100, random.nextInt(73), random.nextInt(73)).png());
        forms.put(
                "in 400×90",
                small.resized(84, 84)
                        .on(400, 90, random.nextInt(317), 3)
                        .inverted()
                        .png());
        forms.put(
                "small in 1600×1200",
                small.resized(90, 90)
                        .on(1600, 1200, random.nextInt(1500), random.nextInt(1100))
                        .inverted()
                        .png());
        Sketch sheet = small.resized(280, 280).hard().on(400, 360, 20 + random.nextInt(80), 20 + random.nextInt(40));
        forms.put("thick pen", sheet.thicker(8).inverted().png());
        forms.put("thin pen", sheet.thinner(7).inverted().png());
        Sketch photo = small.resized(280, 280)
                .on(400, 360, 20 + random.nextInt(80), 20 + random.nextInt(40))
                .inverted()
                .shaded(40, 220);
        forms.put(
                "photo, light from the left",
                photo.lit(0.45, 1).noisy(random, 6).png());
        forms.put("photo, noise", photo.noisy(random, 25).png());
        forms.put(
                "photo, shadow",
                photo.shadow(0.55, 0.3 + 0.4 * random.nextDouble())
                        .noisy(random, 6)
                        .png());
        forms.put(
                "photo, all of it",
                photo.lit(0.6, 1).shadow(0.65, 0.5).blurred().noisy(random, 12).png());
        forms.put(
                "chalk on a board",
                small.resized(280, 280)
                        .on(400, 360, 60, 40)
                        .shaded(50, 190)
                        .lit(0.6, 1)
                        .noisy(random, 10)
                        .png());
        forms.put(
                "photo, a sheet on a dark table",
                photo.table(700, 600, 150, 110, 25).lit(0.7, 1).noisy(random, 5).png());
        forms.put("cropped to the strokes", small.cropped().png());
        forms.put("26 pixels long in 28×28", onCanvas(digit, 26, SIDE, false));
        forms.put("26 pixels long in 28×28, inverted", onCanvas(digit, 26, SIDE, true));
        forms.put("broken stroke at the edge", broken(digit, 4, true));
        forms.put("dust", sheet.inverted().dusty(random, 300).png());
        return forms;
    }

    /** The digit with a longer side of {@code longer} pixels, in the middle of a square canvas. */
    public static byte[] onCanvas(byte[] digit, int longer, int canvas, boolean inverted) {
        Sketch strokes = new Sketch(SIDE, SIDE, digit).cropped();
        double scale = (double) longer / Math.max(strokes.width(), strokes.height());
        Sketch scaled = strokes.resized(Math.max(1, (int) Math.round(strokes.width() * scale)), Math.max(1, (int)
                Math.round(strokes.height() * scale)));
        Sketch result = scaled.on(canvas, canvas, (canvas - scaled.width()) / 2, (canvas - scaled.height()) / 2);
        return (inverted ? result.inverted() : result).png();
    }

    /** The digit with a gap in its lower third. */
    public static byte[] broken(byte[] digit, int scale, boolean reachesTheEdge) {
        Sketch strokes = new Sketch(SIDE, SIDE, digit).cropped();
        Sketch scaled = scale == 1 ? strokes : strokes.resized(strokes.width() * scale, strokes.height() * scale);
        int margin = 3 * scale;
        int below = reachesTheEdge ? 0 : margin;
        return scaled.without(scaled.height() * 2 / 3, Math.max(1, scale * 3 / 2))
                .on(scaled.width() + 2 * margin, scaled.height() + margin + below, margin, margin)
                .png();
    }

    /** The digit, ten times as large, with lines along the edges of the image. */
    public static Map<String, byte[]> framed(byte[] digit) {
        Sketch image = new Sketch(SIDE, SIDE, digit).resized(10 * SIDE, 10 * SIDE);
        Map<String, byte[]> forms = new LinkedHashMap<>();
        forms.put("a frame", image.framed(4, true, true, true, true).png());
        forms.put("a line below", image.framed(4, false, false, false, true).png());
        forms.put(
                "a line at the left", image.framed(4, true, false, false, false).png());
        forms.put(
                "a corner of a frame",
                image.framed(4, true, false, false, true).inverted().png());
        return forms;
    }

    private static byte[] of(byte[] digit, int colorType, int depth, IntUnaryOperator... channels) {
        return png(SIDE, SIDE, colorType, depth, samples(digit, channels)).build();
    }

    private static int[] samples(byte[] digit, IntUnaryOperator... channels) {
        int[] samples = new int[digit.length * channels.length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = channels[i % channels.length].applyAsInt(digit[i / channels.length] & 0xff);
        }
        return samples;
    }

    private static byte[] map(byte[] digit, IntUnaryOperator change) {
        byte[] result = new byte[digit.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) change.applyAsInt(digit[i] & 0xff);
        }
        return result;
    }

    /** The last colours first, so that numbers and levels differ. */
    private static byte[] palette(byte[] digit, int depth, int last) {
        byte[] colors = new byte[3 * (last + 1)];
        for (int i = 0; i < colors.length; i++) {
            colors[i] = (byte) (255 - i / 3 * 255 / last);
        }
        boolean inverted = depth == 4;
        PngBuilder png = png(SIDE, SIDE, 3, depth, samples(digit, v -> {
                    int level = Math.round(v * last / 255f);
                    return inverted ? level : last - level;
                }))
                .with("PLTE", colors);
        return inverted ? png.interlaced().build() : png.build();
    }

    private static byte[] opacities(byte[] digit) {
        byte[] colors = new byte[3 * 256];
        byte[] opacities = new byte[256];
        for (int i = 0; i < 256; i++) {
            colors[3 * i] = (byte) 90;
            opacities[i] = (byte) i;
        }
        return png(SIDE, SIDE, 3, 8, samples(digit, v -> v))
                .with("PLTE", colors)
                .with("tRNS", opacities)
                .build();
    }
}
