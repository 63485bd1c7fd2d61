package dev.trainyard.predictor;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.ImageIO;

/** Images for requests. */
public final class TestImages {
    private TestImages() {}

    /** 28×28 grey, all black. */
    public static byte[] black() {
        return png(new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY));
    }

    /** 28×28 grey, black except for one white pixel in the first row. */
    public static byte[] withBrightPixel(int x) {
        BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(x, 0, 0, 255);
        return png(image);
    }

    /** As {@link #withBrightPixel}, with a white square of 12×12 in the middle. */
    public static byte[] withBrightPixelAndSquare(int x) {
        BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(x, 0, 0, 255);
        for (int i = 0; i < 144; i++) {
            image.getRaster().setSample(8 + i % 12, 8 + i / 12, 0, 255);
        }
        return png(image);
    }

    private static byte[] png(BufferedImage image) {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", png);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return png.toByteArray();
    }

    /** The same as a tensor: 784 little-endian float32 values. */
    public static byte[] tensorWithBrightPixel(int x) {
        ByteBuffer values = ByteBuffer.allocate(784 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        values.putFloat(x * Float.BYTES, 1);
        return values.array();
    }
}
