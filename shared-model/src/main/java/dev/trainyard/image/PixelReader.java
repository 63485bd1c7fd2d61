package dev.trainyard.image;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Converts rows of samples of any colour type and depth to one byte of luminance and one byte of opacity per pixel.
 */
final class PixelReader implements PngRowReader.Sink {
    private final PngHeader header;
    private final ColorWeights weights;
    private final byte[] luminance;
    private final byte @Nullable [] alpha;
    /** Luminance of each palette colour. */
    private final byte @Nullable [] palette;
    /** tRNS chunk: opacity of the palette colours, or the one colour (16-bit samples) that is transparent. */
    private final byte @Nullable [] transparency;

    PixelReader(PngFile png, ColorWeights weights) {
        this.header = png.header();
        this.weights = weights;
        this.transparency = png.chunks().transparency();
        this.palette = header.colorType() == PngHeader.PALETTE
                ? greys(Objects.requireNonNull(png.chunks().palette()))
                : null;
        this.luminance = new byte[header.width() * header.height()];
        this.alpha = header.hasAlphaChannel() || transparency != null ? new byte[luminance.length] : null;
    }

    /** {@code height * width} unsigned bytes, row-major. */
    byte[] luminance() {
        return luminance;
    }

    /** {@code height * width} unsigned bytes, 0 for transparent; null if the image has no transparency. */
    byte @Nullable [] alpha() {
        return alpha;
    }

    @Override
    public void row(byte[] samples, int width, int y, PngHeader.Pass pass) throws PngException {
        int to = y * header.width() + pass.fromX();
        if (header.colorType() == PngHeader.GREY && header.bitDepth() == 8 && alpha == null && pass.stepX() == 1) {
            System.arraycopy(samples, 0, luminance, to, width);
            return;
        }
        switch (header.colorType()) {
            case PngHeader.PALETTE -> numbers(samples, width, to, pass.stepX());
            case PngHeader.RGB, PngHeader.RGBA -> colors(samples, width, to, pass.stepX());
            default -> greys(samples, width, to, pass.stepX());
        }
    }

    private void greys(byte[] samples, int width, int to, int step) {
        int bytes = header.bitDepth() == 16 ? 2 : 1;
        int most = (1 << Math.min(8, header.bitDepth())) - 1;
        int clear = transparency == null ? -1 : key(0);
        for (int x = 0; x < width; x++, to += step) {
            if (header.colorType() == PngHeader.GREY_ALPHA) {
                luminance[to] = samples[2 * bytes * x];
                Objects.requireNonNull(alpha)[to] = samples[2 * bytes * x + bytes];
                continue;
            }
            int value = sample(samples, x);
            luminance[to] = (byte) (bytes == 2 ? value >> 8 : value * 255 / most);
            if (alpha != null) {
                alpha[to] = (byte) (value == clear ? 0 : 255);
            }
        }
    }

    private void numbers(byte[] samples, int width, int to, int step) throws PngException {
        byte[] colors = Objects.requireNonNull(palette);
        for (int x = 0; x < width; x++, to += step) {
            int number = sample(samples, x);
            if (number >= colors.length) {
                throw new PngException("The PNG is damaged: a pixel has colour %d of a palette of %d (the first is 0)."
                        .formatted(number, colors.length));
            }
            luminance[to] = colors[number];
            if (alpha != null && transparency != null) {
                alpha[to] = number < transparency.length ? transparency[number] : (byte) 255;
            }
        }
    }

    private void colors(byte[] samples, int width, int to, int step) {
        int bytes = header.bitDepth() / 8;
        int pixelBytes = header.channels() * bytes;
        for (int x = 0, from = 0; x < width; x++, to += step, from += pixelBytes) {
            luminance[to] = weights.grey(samples[from], samples[from + bytes], samples[from + 2 * bytes]);
            if (header.colorType() == PngHeader.RGBA) {
                Objects.requireNonNull(alpha)[to] = samples[from + 3 * bytes];
            } else if (alpha != null) {
                alpha[to] = (byte) (isKey(samples, x) ? 0 : 255);
            }
        }
    }

    private boolean isKey(byte[] samples, int x) {
        return sample(samples, 3 * x) == key(0)
                && sample(samples, 3 * x + 1) == key(1)
                && sample(samples, 3 * x + 2) == key(2);
    }

    private int key(int channel) {
        byte[] key = Objects.requireNonNull(transparency);
        return (key[2 * channel] & 0xff) << 8 | key[2 * channel + 1] & 0xff;
    }

    private int sample(byte[] samples, int index) {
        int depth = header.bitDepth();
        return switch (depth) {
            case 8 -> samples[index] & 0xff;
            case 16 -> (samples[2 * index] & 0xff) << 8 | samples[2 * index + 1] & 0xff;
            default -> {
                int bit = index * depth;
                yield (samples[bit / 8] & 0xff) >> 8 - depth - bit % 8 & (1 << depth) - 1;
            }
        };
    }

    private byte[] greys(byte[] colors) {
        byte[] result = new byte[colors.length / 3];
        for (int i = 0; i < result.length; i++) {
            result[i] = weights.grey(colors[3 * i], colors[3 * i + 1], colors[3 * i + 2]);
        }
        return result;
    }
}
