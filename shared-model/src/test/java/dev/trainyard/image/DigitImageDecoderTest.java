package dev.trainyard.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigitImageDecoderTest {
    @Test
    void anImageOfMnistIsUsedUnchanged() throws Exception {
        byte[] pixels = new byte[784];
        for (int y = 4; y < 24; y++) {
            pixels[y * 28 + 14] = (byte) (200 + y);
        }
        BufferedImage grey = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setDataElements(0, 0, 28, 28, pixels);
        assertThat(DigitImageDecoder.decode(png(grey))).isEqualTo(pixels);
    }

    /** Regression test: a dot of one pixel on a large sheet was enlarged to an image of 110 million pixels. */
    @ParameterizedTest
    @CsvSource({"1,64", "1,120", "1,256", "2,256", "3,256", "1,257", "3,1000"})
    void aLargeImageWithASpeckNeedsLittleMemory(int speck, int side) throws Exception {
        BufferedImage sheet = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_BINARY);
        for (int i = 0; i < speck * speck; i++) {
            sheet.setRGB(side / 2 + i % speck, side / 3 + i / speck, 0xffffff);
        }
        byte[] png = png(sheet);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        byte[] pixels = DigitImageDecoder.decode(png);

        assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before)
                .isLessThan(16_000_000);
        assertThat(pixels).hasSize(784);
    }

    @Test
    void theExamplesAreRecognisedAsDigits() throws Exception {
        for (int digit = 0; digit < 10; digit++) {
            byte[] pixels = DigitImageDecoder.decode(Files.readAllBytes(Path.of("../example/%d.png".formatted(digit))));
            assertThat(mass(pixels)).isGreaterThan(5_000);
        }
    }

    /** Different drawings of one stroke become the same image: light on black, 20 high, centred. */
    @ParameterizedTest
    @CsvSource({
        "280, 280, BYTE_GRAY, black on white",
        "280, 280, BYTE_GRAY, white on black",
        "280, 280, INT_RGB, black on white",
        "600, 400, INT_RGB, blue on yellow",
        "97, 141, INT_ARGB, black on clear",
        "97, 141, INT_ARGB, white on clear",
        "1000, 50, BYTE_GRAY, black on white",
        "56, 56, BYTE_BINARY, black on white",
    })
    void anyImageIsNormalizedToALightCentredDigit(int width, int height, String type, String colors) throws Exception {
        byte[] pixels = DigitImageDecoder.decode(png(stroke(width, height, type, colors)));
        int top = 28;
        int bottom = -1;
        double massX = 0;
        double massY = 0;
        for (int i = 0; i < pixels.length; i++) {
            int value = pixels[i] & 0xff;
            massX += value * (i % 28 + 0.5);
            massY += value * (i / 28 + 0.5);
            if (value > 100) {
                top = Math.min(top, i / 28);
                bottom = Math.max(bottom, i / 28);
            }
        }
        assertThat(bottom - top + 1).isBetween(18, 20);
        // in the pixel after the middle, as in all of MNIST's images
        assertThat(massX / mass(pixels)).isBetween(13.99, 15.01);
        assertThat(massY / mass(pixels)).isBetween(13.99, 15.01);
        assertThat(pixels[0]).isZero();
    }

    @Test
    void aBlankImageIsBlack() throws Exception {
        BufferedImage white = stroke(100, 100, "INT_RGB", "white on white");
        assertThat(DigitImageDecoder.decode(png(white))).containsOnly(0);
    }

    @Test
    void anIncompletePngIsRefusedWithTheReason() throws Exception {
        byte[] whole = png(stroke(40, 40, "BYTE_GRAY", "black on white"));
        assertThatThrownBy(() -> DigitImageDecoder.decode("GIF89a".getBytes())).isInstanceOf(PngException.class);
        assertThatThrownBy(() -> DigitImageDecoder.decode(new byte[0])).isInstanceOf(PngException.class);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> DigitImageDecoder.decode(cut)).isInstanceOf(PngException.class);
        }
        byte[] damaged = whole.clone();
        damaged[whole.length / 2] ^= 1;
        assertThatThrownBy(() -> DigitImageDecoder.decode(damaged)).hasMessageContaining("damaged");
        byte[] longer = Arrays.copyOf(whole, whole.length + 3);
        assertThatThrownBy(() -> DigitImageDecoder.decode(longer)).hasMessageContaining("followed by 3 bytes");
    }

    private static BufferedImage stroke(int width, int height, String type, String colors) throws Exception {
        String[] names = colors.split(" on ");
        BufferedImage image = new BufferedImage(
                width, height, BufferedImage.class.getField("TYPE_" + type).getInt(null));
        Graphics2D graphics = image.createGraphics();
        if (!names[1].equals("clear")) {
            graphics.setColor((Color) Color.class.getField(names[1]).get(null));
            graphics.fillRect(0, 0, width, height);
        }
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor((Color) Color.class.getField(names[0]).get(null));
        int side = Math.min(width, height);
        graphics.setStroke(new BasicStroke(side / 10f));
        graphics.drawLine(width / 3, height / 4, width / 3, height * 3 / 4);
        graphics.dispose();
        return image;
    }

    private static int mass(byte[] pixels) {
        int mass = 0;
        for (byte pixel : pixels) {
            mass += pixel & 0xff;
        }
        return mass;
    }

    private static byte[] png(BufferedImage image) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }
}
