package dev.trainyard.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Luminance of a picture, transparency flattened.
 *
 * @param values {@code height * width} unsigned bytes, row-major
 */
record Picture(int width, int height, byte[] values) {
    /** Below this share of transparency it is a picture with holes, above it is a drawing on a clear sheet. */
    private static final double CLEAR_SHEET = 0.3;

    int at(int index) {
        return values[index] & 0xff;
    }

    static Picture decode(PngFile png) throws PngException {
        if (GreyDecoder.decodes(png)) {
            return new Picture(png.width(), png.height(), GreyDecoder.decode(png));
        }
        BufferedImage image = read(png);
        byte[] luminance = new byte[image.getWidth() * image.getHeight()];
        byte[] alpha = image.getColorModel().hasAlpha() ? new byte[luminance.length] : null;
        boolean grey = !(image.getColorModel() instanceof IndexColorModel)
                && image.getColorModel().getNumColorComponents() == 1;
        for (int y = 0; y < image.getHeight(); y++) {
            if (grey) {
                greyRow(image, y, luminance, alpha);
            } else {
                colorRow(image, y, luminance, alpha);
            }
        }
        if (alpha != null) {
            flatten(luminance, alpha);
        }
        return new Picture(image.getWidth(), image.getHeight(), luminance);
    }

    private static BufferedImage read(PngFile png) throws PngException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        // from memory: ImageIO's default would put a temporary file on disk
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(png.bytes()))) {
            reader.setInput(in, true, true);
            return reader.read(0);
        } catch (IOException | RuntimeException e) {
            // the JDK's reader answers some damaged files with unchecked exceptions
            throw new PngException("The PNG is damaged: its picture cannot be decoded.", e);
        } finally {
            reader.dispose();
        }
    }

    /** Samples as they are stored: Java's grey colour space is linear, {@code getRGB} would brighten them. */
    private static void greyRow(BufferedImage image, int y, byte[] luminance, byte[] alpha) {
        Raster raster = image.getRaster();
        int width = image.getWidth();
        int shift = raster.getSampleModel().getSampleSize(0) - 8;
        int[] samples = raster.getSamples(0, y, width, 1, 0, (int[]) null);
        int[] alphas = alpha == null ? null : raster.getSamples(0, y, width, 1, 1, (int[]) null);
        for (int x = 0; x < width; x++) {
            luminance[y * width + x] = (byte) (samples[x] >> shift);
            if (alphas != null) {
                alpha[y * width + x] = (byte) (alphas[x] >> shift);
            }
        }
    }

    /** Luma of ITU-R BT.601, as most tools turn colour to grey. */
    private static void colorRow(BufferedImage image, int y, byte[] luminance, byte[] alpha) {
        int width = image.getWidth();
        int[] argb = image.getRGB(0, y, width, 1, null, 0, width);
        for (int x = 0; x < width; x++) {
            int pixel = argb[x];
            int luma = 299 * (pixel >> 16 & 0xff) + 587 * (pixel >> 8 & 0xff) + 114 * (pixel & 0xff);
            luminance[y * width + x] = (byte) ((luma + 500) / 1000);
            if (alpha != null) {
                alpha[y * width + x] = (byte) (pixel >>> 24);
            }
        }
    }

    /** Puts the picture on a sheet that its strokes stand out from, or fills small holes with the usual colour. */
    private static void flatten(byte[] luminance, byte[] alpha) {
        long opacity = 0;
        long brightness = 0;
        long[] histogram = new long[256];
        for (int i = 0; i < luminance.length; i++) {
            int a = alpha[i] & 0xff;
            opacity += a;
            brightness += (long) a * (luminance[i] & 0xff);
            histogram[luminance[i] & 0xff] += a;
        }
        if (opacity == 0) {
            Arrays.fill(luminance, (byte) 0);
            return;
        }
        double transparent = 1 - opacity / (255.0 * luminance.length);
        int sheet = transparent < CLEAR_SHEET ? Levels.median(histogram) : brightness / opacity < 128 ? 255 : 0;
        for (int i = 0; i < luminance.length; i++) {
            int a = alpha[i] & 0xff;
            luminance[i] = (byte) (((luminance[i] & 0xff) * a + sheet * (255 - a) + 127) / 255);
        }
    }
}
