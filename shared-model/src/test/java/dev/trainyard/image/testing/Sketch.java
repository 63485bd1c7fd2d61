package dev.trainyard.image.testing;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Random;

/** A grey image that can be drawn, lit and photographed; each method makes a new one. */
record Sketch(int width, int height, byte[] pixels) {
    private interface Pixel {
        double at(int x, int y, int before);
    }

    private Sketch map(Pixel pixel) {
        byte[] result = new byte[pixels.length];
        for (int i = 0; i < result.length; i++) {
            double value = pixel.at(i % width, i / width, pixels[i] & 0xff);
            result[i] = (byte) Math.max(0, Math.min(255, Math.round(value)));
        }
        return new Sketch(width, height, result);
    }

    private int at(int x, int y) {
        return x < 0 || y < 0 || x >= width || y >= height ? 0 : pixels[y * width + x] & 0xff;
    }

    byte[] png() {
        return PngBuilder.grey(width, height, pixels).build();
    }

    Sketch inverted() {
        return map((x, y, v) -> 255 - v);
    }

    Sketch moved(int right, int down) {
        return map((x, y, v) -> at(x - right, y - down));
    }

    /** Each pixel becomes a square. */
    Sketch enlarged(int factor) {
        Sketch result = new Sketch(width * factor, height * factor, new byte[pixels.length * factor * factor]);
        return result.map((x, y, v) -> at(x / factor, y / factor));
    }

    /** Half as wide and high, each pixel the mean of four. */
    Sketch halved() {
        Sketch result = new Sketch(width / 2, height / 2, new byte[width / 2 * (height / 2)]);
        return result.map((x, y, v) ->
                (at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1)) / 4.0);
    }

    Sketch resized(int newWidth, int newHeight) {
        BufferedImage from = image();
        BufferedImage to = new BufferedImage(newWidth, newHeight, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D graphics = to.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.drawImage(from, 0, 0, newWidth, newHeight, null);
        graphics.dispose();
        byte[] result = new byte[newWidth * newHeight];
        to.getRaster().getDataElements(0, 0, newWidth, newHeight, result);
        return new Sketch(newWidth, newHeight, result);
    }

    private BufferedImage image() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, width, height, pixels);
        return image;
    }

    /** On a larger black sheet. */
    Sketch on(int sheetWidth, int sheetHeight, int left, int top) {
        return new Sketch(sheetWidth, sheetHeight, new byte[sheetWidth * sheetHeight])
                .map((x, y, v) -> at(x - left, y - top));
    }

    /** Lies on a table of {@code shade}. */
    Sketch table(int tableWidth, int tableHeight, int left, int top, int shade) {
        return new Sketch(tableWidth, tableHeight, new byte[tableWidth * tableHeight])
                .map((x, y, v) ->
                        x >= left && x < left + width && y >= top && y < top + height ? at(x - left, y - top) : shade);
    }

    /** The smallest rectangle that holds everything that is not black. */
    Sketch cropped() {
        int left = width;
        int right = 0;
        int top = height;
        int bottom = 0;
        for (int i = 0; i < pixels.length; i++) {
            if (pixels[i] != 0) {
                left = Math.min(left, i % width);
                right = Math.max(right, i % width + 1);
                top = Math.min(top, i / width);
                bottom = i / width + 1;
            }
        }
        return on(right - left, bottom - top, -left, -top);
    }

    /** Clears {@code rows} rows from {@code top} on. */
    Sketch without(int top, int rows) {
        byte[] result = pixels.clone();
        Arrays.fill(result, top * width, Math.min(height, top + rows) * width, (byte) 0);
        return new Sketch(width, height, result);
    }

    /** Draws white lines along the edges. */
    Sketch framed(int thickness, boolean left, boolean top, boolean right, boolean bottom) {
        byte[] result = pixels.clone();
        for (int i = 0; i < result.length; i++) {
            int x = i % width;
            int y = i / width;
            if (left && x < thickness
                    || top && y < thickness
                    || right && x >= width - thickness
                    || bottom && y >= height - thickness) {
                result[i] = (byte) 255;
            }
        }
        return new Sketch(width, height, result);
    }

    Sketch hard() {
        return map((x, y, v) -> v < 128 ? 0 : 255);
    }

    Sketch thicker(int radius) {
        return nearest(radius, true);
    }

    Sketch thinner(int radius) {
        return nearest(radius, false);
    }

    private Sketch nearest(int radius, boolean lightest) {
        return map((x, y, v) -> {
            int most = v;
            for (int dy = -radius; dy <= radius; dy++) {
                for (int dx = -radius; dx <= radius; dx++) {
                    if (dx * dx + dy * dy <= radius * radius) {
                        int other = at(x + dx, y + dy);
                        most = lightest ? Math.max(most, other) : Math.min(most, other);
                    }
                }
            }
            return most;
        });
    }

    /** Black becomes {@code dark}, white becomes {@code light}. */
    Sketch shaded(int dark, int light) {
        return map((x, y, v) -> dark + v * (light - dark) / 255.0);
    }

    /** Lit by so much at the left and at the right. */
    Sketch lit(double left, double right) {
        return map((x, y, v) -> v * (left + (right - left) * x / width));
    }

    /** Right of a slanting line that starts at so much of the width only {@code share} of the light arrives. */
    Sketch shadow(double share, double start) {
        return map((x, y, v) -> x - 0.4 * y > width * (start - 0.2) ? v * share : v);
    }

    Sketch noisy(Random random, double deviation) {
        return map((x, y, v) -> v + deviation * random.nextGaussian());
    }

    Sketch blurred() {
        return map((x, y, v) -> {
            int sum = 0;
            int count = 0;
            for (int dy = -2; dy <= 2; dy++) {
                for (int dx = -2; dx <= 2; dx++) {
                    if (x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height) {
                        sum += at(x + dx, y + dy);
                        count++;
                    }
                }
            }
            return (double) sum / count;
        });
    }

    Sketch dusty(Random random, int specks) {
        byte[] result = pixels.clone();
        for (int i = 0; i < specks; i++) {
            result[random.nextInt(result.length)] = 0;
        }
        return new Sketch(width, height, result);
    }
}
