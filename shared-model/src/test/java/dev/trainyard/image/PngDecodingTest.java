package dev.trainyard.image;

import static dev.trainyard.image.testing.PngBuilder.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trainyard.image.testing.PngBuilder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PngDecodingTest {
    /** The weights of luma add up to one exactly, each is rounded. */
    private static final Offset<Integer> ROUNDED = within(1);

    private static final int[][] SIZES = {{1, 1}, {2, 9}, {5, 3}, {8, 8}, {28, 28}, {33, 17}};

    static List<Arguments> kinds() {
        List<Arguments> kinds = new ArrayList<>();
        int[][] legal = {
            {0, 1}, {0, 2}, {0, 4}, {0, 8}, {0, 16}, {2, 8}, {2, 16}, {3, 1}, {3, 2}, {3, 4}, {3, 8}, {4, 8}, {4, 16},
            {6, 8}, {6, 16}
        };
        for (int[] kind : legal) {
            kinds.add(Arguments.of(kind[0], kind[1], false));
            kinds.add(Arguments.of(kind[0], kind[1], true));
        }
        return kinds;
    }

    @ParameterizedTest(name = "colour type {0}, {1} bits, interlaced {2}")
    @MethodSource("kinds")
    void everyPixelOfEveryColorTypeIsDecodedExactly(int colorType, int depth, boolean interlaced) throws Exception {
        Random random = new Random(colorType * 40L + depth);
        int channels = new int[] {1, 0, 3, 1, 2, 0, 4}[colorType];
        for (int[] size : SIZES) {
            int[] samples = random.ints((long) size[0] * size[1] * channels, 0, 1 << depth)
                    .toArray();
            byte[] palette = new byte[3 << Math.min(8, depth)];
            random.nextBytes(palette);
            PngBuilder png = png(size[0], size[1], colorType, depth, samples).inChunksOf(37);
            png = colorType == 3 ? png.with("PLTE", palette) : png;
            PngFile file = PngFile.parse((interlaced ? png.interlaced() : png).build());
            PixelReader read = new PixelReader(file, ColorWeights.LUMA);
            PngRowReader.read(file, DecodeDeadline.NONE, read);

            for (int i = 0; i < size[0] * size[1]; i++) {
                int at = i * channels;
                int luminance =
                        switch (colorType) {
                            case 0, 4 -> eight(samples[at], depth);
                            case 3 ->
                                luma(
                                        palette[3 * samples[at]] & 0xff,
                                        palette[3 * samples[at] + 1] & 0xff,
                                        palette[3 * samples[at] + 2] & 0xff);
                            default ->
                                luma(
                                        eight(samples[at], depth),
                                        eight(samples[at + 1], depth),
                                        eight(samples[at + 2], depth));
                        };
                boolean grey = colorType == 0 || colorType == 4;
                assertThat(read.luminance()[i] & 0xff).isCloseTo(luminance, grey ? within(0) : ROUNDED);
                if (colorType >= 4) {
                    assertThat(read.alpha()[i] & 0xff).isEqualTo(eight(samples[at + channels - 1], depth));
                }
            }
        }
    }

    /** A clear colour is one colour, not all whose low or high bytes are alike. */
    @Test
    void theTransparentColorIsComparedInAllBits() throws Exception {
        byte[] grey = {0x12, 0x34};
        int[] greys = {0x1234, 0x5634, 0x1256, 0};
        assertThat(alpha(png(4, 1, 0, 16, greys).with("tRNS", grey))).containsExactly(0, 255, 255, 255);

        byte[] color = {0x12, 0x34, 0, 7, 0x56, 0x78};
        int[] colors = {
            0x1234, 7, 0x5678, // the clear one
            0x9934, 7, 0x5678, // and what differs in one sample
            0x1234, 0x107, 0x5678,
            0x1234, 7, 0x5679
        };
        assertThat(alpha(png(4, 1, 2, 16, colors).with("tRNS", color))).containsExactly(0, 255, 255, 255);
        assertThat(alpha(png(2, 1, 0, 4, new int[] {5, 6}).with("tRNS", (byte) 0, (byte) 5)))
                .containsExactly(0, 255);
    }

    @Test
    void paletteColorsWithoutAlphaAreOpaque() throws Exception {
        byte[] palette = new byte[12];
        int[] samples = {0, 1, 2, 3};

        assertThat(alpha(png(4, 1, 3, 2, samples).with("PLTE", palette).with("tRNS", (byte) 0, (byte) 99)))
                .containsExactly(0, 99, 255, 255);
    }

    private static int[] alpha(PngBuilder png) throws Exception {
        PngFile file = PngFile.parse(png.build());
        PixelReader read = new PixelReader(file, ColorWeights.LUMA);
        PngRowReader.read(file, DecodeDeadline.NONE, read);
        byte[] alpha = read.alpha();
        return IntStream.range(0, alpha.length).map(i -> alpha[i] & 0xff).toArray();
    }

    private static int eight(int sample, int depth) {
        return depth == 16 ? sample >> 8 : sample * 255 / ((1 << depth) - 1);
    }

    private static int luma(int red, int green, int blue) {
        return (int) Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    }

    /** The encoder of the JDK selects other filters than PngBuilder. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void filesWrittenByJavaAreDecodedAsByJava(boolean interlaced) throws Exception {
        Random random = new Random(4);
        for (int type :
                new int[] {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_ARGB, BufferedImage.TYPE_BYTE_INDEXED}) {
            BufferedImage image = new BufferedImage(61, 47, type);
            for (int i = 0; i < 61 * 47; i++) {
                // similar neighbours, so that filters are effective
                image.setRGB(i % 61, i / 61, 0xff000000 | (i % 61 * 4) << 16 | (i / 61 * 5) << 8 | random.nextInt(20));
            }
            LuminanceImage decoded =
                    LuminanceImage.decode(PngFile.parse(written(image, interlaced)), DecodeDeadline.NONE);
            for (int i = 0; i < 61 * 47; i++) {
                int rgb = image.getRGB(i % 61, i / 61);
                assertThat(decoded.at(i)).isCloseTo(luma(rgb >> 16 & 0xff, rgb >> 8 & 0xff, rgb & 0xff), ROUNDED);
            }
        }
    }

    private static byte[] written(BufferedImage image, boolean interlaced) throws Exception {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        ImageWriteParam options = writer.getDefaultWriteParam();
        options.setProgressiveMode(interlaced ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, null), options);
        }
        writer.dispose();
        return out.toByteArray();
    }
}
