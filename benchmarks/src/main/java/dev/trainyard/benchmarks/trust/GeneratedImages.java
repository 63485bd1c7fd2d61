package dev.trainyard.benchmarks.trust;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Generated images without digits; the same at each call. They were never used to fit a model or threshold. */
public final class GeneratedImages {
    private static final int SIDE = 28;
    private static final int TEXTURE = 64;

    private GeneratedImages() {}

    /** Noise of several kinds and grain sizes, each as arrays of 28×28. */
    public static List<List<byte[]>> noises(int count) {
        return List.of(uniform(count), gaussian(count), saltAndPepper(count), smooth(count, 1), smooth(count, 3));
    }

    public static List<byte[]> uniform(int count) {
        return arrays(count, 1, random -> pixels(i -> random.nextDouble()));
    }

    public static List<byte[]> gaussian(int count) {
        return arrays(count, 2, random -> {
            double mean = random.nextDouble();
            double deviation = 0.05 + 0.3 * random.nextDouble();
            return pixels(i -> mean + deviation * random.nextGaussian());
        });
    }

    public static List<byte[]> saltAndPepper(int count) {
        return arrays(count, 3, random -> {
            double share = 0.02 + 0.48 * random.nextDouble();
            return pixels(i -> random.nextDouble() < share ? 1 : 0);
        });
    }

    /** Noise blurred over about {@code reach} pixels, stretched to the full range of grey. */
    public static List<byte[]> smooth(int count, double reach) {
        return arrays(
                count, 4, random -> stretched(RandomField.noise(SIDE, reach * (0.7 + random.nextDouble()), random)));
    }

    /** White, black, greys, and gradients of any direction. */
    public static List<byte[]> blanks() {
        List<byte[]> all = new ArrayList<>();
        for (int level = 0; level < 256; level += 5) {
            byte[] flat = new byte[SIDE * SIDE];
            Arrays.fill(flat, (byte) level);
            all.add(flat);
        }
        all.addAll(arrays(150, 5, random -> {
            double angle = 2 * Math.PI * random.nextDouble();
            double low = random.nextDouble();
            double range = random.nextDouble() - low;
            return pixels(i -> {
                double along = (i % SIDE - 13.5) * Math.cos(angle) + (i / SIDE - 13.5) * Math.sin(angle);
                return low + range * (0.5 + along / 39);
            });
        }));
        return all;
    }

    /** Clouds, waves, rings and cells, similar to downscaled parts of photographs. */
    public static List<BufferedImage> textures(int count) {
        return drawn(count, 6, random -> {
            double[] field = RandomField.texture(TEXTURE, random);
            double[] sorted = field.clone();
            Arrays.sort(sorted);
            double low = sorted[sorted.length / 50];
            double high = sorted[sorted.length - sorted.length / 50];
            byte[] values = new byte[field.length];
            for (int i = 0; i < field.length; i++) {
                values[i] = level((field[i] - low) / (high - low));
            }
            return ImageSet.grey(TEXTURE, TEXTURE, values);
        });
    }

    static <T> List<T> drawn(int count, long seed, Function<Random, T> draw) {
        return IntStream.range(0, count)
                .mapToObj(i -> draw.apply(new Random(seed * 1_000_003 + i)))
                .toList();
    }

    private static List<byte[]> arrays(int count, long seed, Function<Random, byte[]> draw) {
        return drawn(count, seed, draw);
    }

    private static byte[] pixels(IntToDoubleFunction value) {
        byte[] pixels = new byte[SIDE * SIDE];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = level(value.applyAsDouble(i));
        }
        return pixels;
    }

    private static byte[] stretched(double[] field) {
        double low = Arrays.stream(field).min().orElseThrow();
        double high = Arrays.stream(field).max().orElseThrow();
        return pixels(i -> (field[i] - low) / (high - low));
    }

    private static byte level(double value) {
        return (byte) Math.round(255 * Math.max(0, Math.min(1, value)));
    }
}
