package dev.trainyard.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.MnistNpz;
import dev.trainyard.image.testing.DigitForms;
import dev.trainyard.image.testing.PngBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DigitFormsTest {

    @Test
    void anImageOfMnistIsUsedUnchanged() throws Exception {
        ImageDataset test = MnistNpz.read(Path.of("../data/mnist.npz")).test();
        for (int i = 0; i < test.size(); i++) {
            byte[] pixels = Arrays.copyOfRange(test.pixels(), i * 784, (i + 1) * 784);
            byte[] png = PngWriter.grey(28, 28, pixels);
            assertThat(DigitImageDecoder.decode(png)).as("test image " + i).isEqualTo(pixels);
        }
    }

    /** Rounding error of an encoding, in levels of 255. */
    @Test
    void allEncodingsOfADigitGiveTheSameInput() throws Exception {
        for (int digit = 0; digit < 10; digit++) {
            byte[] pixels = DigitImageDecoder.decode(Files.readAllBytes(Path.of("../example/%d.png".formatted(digit))));
            for (Map.Entry<String, byte[]> form : DigitForms.encodings(pixels).entrySet()) {
                byte[] seen = DigitImageDecoder.decode(form.getValue());
                assertThat(largestDifference(seen, pixels))
                        .as("%d as %s", digit, form.getKey())
                        .isLessThanOrEqualTo(rounding(form.getKey()));
            }
        }
    }

    private static int rounding(String form) {
        return switch (form) {
            case "grey 1", "palette 1" -> 128;
            case "grey 2" -> 43;
            case "grey 4", "palette 4, inverted, interlaced" -> 9;
            case "pale" -> 5;
            case "yellow on blue" -> 44;
            default -> 0;
        };
    }

    @Test
    void digitsOfAllStylesAreFoundAndCentred() throws Exception {
        for (int digit = 0; digit < 10; digit++) {
            byte[] pixels = DigitImageDecoder.decode(Files.readAllBytes(Path.of("../example/%d.png".formatted(digit))));
            for (Map.Entry<String, byte[]> form :
                    DigitForms.drawings(pixels, digit).entrySet()) {
                byte[] seen = DigitImageDecoder.decode(form.getValue());
                assertThat(overlap(seen, pixels))
                        .as("%d as %s", digit, form.getKey())
                        .isGreaterThan(form.getKey().endsWith("pen") ? 0.45 : 0.7);
            }
        }
    }

    @Test
    void theSizeAndColorOfTheCanvasDoNotChangeTheResult() throws Exception {
        for (int digit = 0; digit < 10; digit++) {
            byte[] pixels = DigitImageDecoder.decode(Files.readAllBytes(Path.of("../example/%d.png".formatted(digit))));
            for (int longer : new int[] {10, 22, 24, 26}) {
                byte[] seen = DigitImageDecoder.decode(DigitForms.onCanvas(pixels, longer, 28, false));
                for (int canvas : new int[] {28, 29, 30, 60}) {
                    for (boolean inverted : new boolean[] {false, true}) {
                        assertThat(DigitImageDecoder.decode(DigitForms.onCanvas(pixels, longer, canvas, inverted)))
                                .as(
                                        "%d, %d pixels long, on a side of %d, inverted: %s",
                                        digit, longer, canvas, inverted)
                                .isEqualTo(seen);
                    }
                }
            }
        }
    }

    /** Such a part was taken for a frame, and a 2 without its foot is a 7. */
    @Test
    void theEndOfABrokenStrokeAtTheEdgeBelongsToTheDigit() throws Exception {
        for (int digit = 0; digit < 10; digit++) {
            byte[] pixels = DigitImageDecoder.decode(Files.readAllBytes(Path.of("../example/%d.png".formatted(digit))));
            for (int scale : new int[] {1, 4, 10}) {
                byte[] inside = DigitImageDecoder.decode(DigitForms.broken(pixels, scale, false));
                byte[] atEdge = DigitImageDecoder.decode(DigitForms.broken(pixels, scale, true));
                assertThat(overlap(atEdge, inside))
                        .as("%d enlarged %d times", digit, scale)
                        .isGreaterThan(0.95);
            }
        }
    }

    @Test
    void framesAndLinesAtTheEdgeAreRemoved() throws Exception {
        for (int digit = 0; digit < 10; digit++) {
            byte[] pixels = DigitImageDecoder.decode(Files.readAllBytes(Path.of("../example/%d.png".formatted(digit))));
            for (Map.Entry<String, byte[]> form : DigitForms.framed(pixels).entrySet()) {
                assertThat(overlap(DigitImageDecoder.decode(form.getValue()), pixels))
                        .as("%d with %s", digit, form.getKey())
                        .isGreaterThan(0.7);
            }
        }
    }

    @Test
    void imagesOtherThanDrawingsAreOnlyScaled() throws Exception {
        Random random = new Random(3);
        byte[] noise = new byte[28 * 28];
        random.nextBytes(noise);
        assertThat(DigitImageDecoder.decode(PngWriter.grey(28, 28, noise))).isEqualTo(noise);

        byte[] halves = new byte[140 * 84];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = (byte) (i % 140 + random.nextInt(100));
        }
        byte[] seen = DigitImageDecoder.decode(PngWriter.grey(140, 84, halves));
        assertThat(seen[14 * 28 + 2] & 0xff).isBetween(30, 90);
        assertThat(seen[14 * 28 + 26] & 0xff).isBetween(150, 210);
        assertThat(Arrays.copyOf(seen, 5 * 28)).as("black above a wide image").containsOnly(0);
    }

    @Test
    void imagesOfAnyShapeAreAccepted() throws Exception {
        Random random = new Random(3);
        int[][] shapes = {{1, 1}, {1, 4096}, {4096, 1}, {2, 3}, {3, 1000}, {27, 29}, {28, 29}, {4000, 7}, {257, 256}};
        for (int[] shape : shapes) {
            byte[] pixels = new byte[shape[0] * shape[1]];
            assertThat(DigitImageDecoder.decode(PngWriter.grey(shape[0], shape[1], pixels)))
                    .hasSize(784);
            pixels[pixels.length / 2] = (byte) 255;
            assertThat(DigitImageDecoder.decode(PngWriter.grey(shape[0], shape[1], pixels)))
                    .hasSize(784);
            random.nextBytes(pixels);
            assertThat(DigitImageDecoder.decode(PngWriter.grey(shape[0], shape[1], pixels)))
                    .hasSize(784);
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = (byte) (i % shape[0] < shape[0] / 2 ? 255 : 0);
            }
            assertThat(DigitImageDecoder.decode(PngWriter.grey(shape[0], shape[1], pixels)))
                    .hasSize(784);
        }
    }

    /** Slopes, edges of shadows and strokes, as steep as they can be. */
    @Test
    void imagesWithAnyLightingAreAccepted() throws Exception {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            int width = 10 + random.nextInt(60);
            int height = 10 + random.nextInt(60);
            double right = 510.0 * (random.nextDouble() - 0.5) / width;
            double down = 510.0 * (random.nextDouble() - 0.5) / height;
            int edge = random.nextInt(width);
            double shade = random.nextDouble();
            int level = random.nextInt(256);
            int stroke = random.nextInt(256);
            byte[] pixels = new byte[width * height];
            for (int i = 0; i < pixels.length; i++) {
                int x = i % width;
                int y = i / width;
                double value = x == y || x == edge ? stroke : level + right * x + down * y;
                value = x > edge ? value * shade : value;
                pixels[i] = (byte) Math.max(0, Math.min(255, value));
            }
            assertThat(DigitImageDecoder.decode(PngWriter.grey(width, height, pixels)))
                    .as("seed %d", seed)
                    .hasSize(784);
        }
    }

    @Test
    void blankImagesOfAnyColorAreBlack() throws Exception {
        Random random = new Random(3);
        for (int level : new int[] {0, 100, 255}) {
            for (int side : new int[] {1, 28, 50, 600}) {
                byte[] blank = new byte[side * side];
                Arrays.fill(blank, (byte) level);
                assertThat(DigitImageDecoder.decode(PngWriter.grey(side, side, blank)))
                        .containsOnly(0);
                for (int i = 0; i < blank.length; i++) {
                    blank[i] = (byte) Math.max(0, Math.min(255, level + random.nextInt(5) - 2));
                }
                byte[] paper = DigitImageDecoder.decode(PngWriter.grey(side, side, blank));
                for (byte value : paper) {
                    assertThat(value & 0xff).isLessThan(8);
                }
            }
        }
        byte[] clear = PngBuilder.png(40, 40, 6, 8, new int[6400]).build();
        assertThat(DigitImageDecoder.decode(clear)).containsOnly(0);
    }

    @Test
    void writtenImagesAreReadBack() throws Exception {
        byte[] pixels = new byte[30 * 20];
        new Random(1).nextBytes(pixels);
        LuminanceImage image =
                LuminanceImage.decode(PngFile.parse(PngWriter.grey(30, 20, pixels)), DecodeDeadline.NONE);

        assertThat(image.width()).isEqualTo(30);
        assertThat(image.values()).isEqualTo(pixels);
    }

    private static int largestDifference(byte[] some, byte[] others) {
        int largest = 0;
        for (int i = 0; i < some.length; i++) {
            largest = Math.max(largest, Math.abs((some[i] & 0xff) - (others[i] & 0xff)));
        }
        return largest;
    }

    /** Cosine of two images. */
    private static double overlap(byte[] some, byte[] others) {
        double both = 0;
        double first = 0;
        double second = 0;
        for (int i = 0; i < some.length; i++) {
            both += (some[i] & 0xff) * (others[i] & 0xff);
            first += Math.pow(some[i] & 0xff, 2);
            second += Math.pow(others[i] & 0xff, 2);
        }
        return both / Math.sqrt(first * second);
    }
}
