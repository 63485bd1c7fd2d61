package dev.trainyard.benchmarks.trust;

import dev.trainyard.image.DigitImageDecoder;
import dev.trainyard.image.PngException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Images as the model sees them, 28×28 each.
 *
 * @param pixels {@code size * 784} unsigned bytes
 */
public record ImageSet(String name, byte[] pixels) {
    private static final int SIZE = DigitImageDecoder.SIDE * DigitImageDecoder.SIDE;

    public int size() {
        return pixels.length / SIZE;
    }

    /** Uses arrays of 28×28 unchanged. */
    static ImageSet ofArrays(String name, List<byte[]> arrays) {
        byte[] pixels = new byte[arrays.size() * SIZE];
        for (int i = 0; i < arrays.size(); i++) {
            System.arraycopy(arrays.get(i), 0, pixels, i * SIZE, SIZE);
        }
        return new ImageSet(name, pixels);
    }

    /** Encodes images of any size as PNG, then decodes and normalises them like a predictor. */
    static ImageSet ofImages(String name, List<BufferedImage> images) {
        List<byte[]> arrays = new ArrayList<>(images.size());
        for (BufferedImage image : images) {
            try {
                arrays.add(DigitImageDecoder.decode(png(image)));
            } catch (PngException e) {
                throw new IllegalStateException("a generated PNG cannot be read", e);
            }
        }
        return ofArrays(name, arrays);
    }

    /** A grey image of {@code values}, row-major. */
    static BufferedImage grey(int width, int height, byte[] values) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, width, height, values);
        return image;
    }

    private static byte[] png(BufferedImage image) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
