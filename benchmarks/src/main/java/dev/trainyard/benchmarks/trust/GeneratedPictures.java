package dev.trainyard.benchmarks.trust;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.GraphicsEnvironment;
import java.awt.RenderingHints;
import java.awt.font.GlyphVector;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Pictures that are no digits and that code can draw; the same at each call. Nothing was ever fitted on them. */
public final class GeneratedPictures {
    private static final int SIDE = 28;
    private static final int CANVAS = 140;
    private static final int TEXTURE = 64;
    /** Letters that no digit looks like. */
    private static final String LETTERS = "ACEFHKMNPRTUVWXYaefhkmnrtuvwxy";

    private GeneratedPictures() {}

    /** Noise of one pixel's size and of larger ones, each as arrays of 28×28. */
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

    /** Noise blurred over about {@code reach} pixels, stretched to the whole range of grey. */
    public static List<byte[]> smooth(int count, double reach) {
        return arrays(count, 4, random -> stretched(Field.noise(SIDE, reach * (0.7 + random.nextDouble()), random)));
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

    /** Clouds, waves, rings and cells, as parts of photographs look when they are made small. */
    public static List<BufferedImage> textures(int count) {
        return drawn(count, 6, random -> {
            double[] field = Field.texture(TEXTURE, random);
            double[] sorted = field.clone();
            Arrays.sort(sorted);
            double low = sorted[sorted.length / 50];
            double high = sorted[sorted.length - sorted.length / 50];
            byte[] values = new byte[field.length];
            for (int i = 0; i < field.length; i++) {
                values[i] = level((field[i] - low) / (high - low));
            }
            return PictureSet.grey(TEXTURE, TEXTURE, values);
        });
    }

    /** Triangles, squares, stars, crosses, stripes, boards and discs, drawn dark on light. */
    public static List<BufferedImage> shapes(int count) {
        return drawn(count, 7, random -> canvas(g -> shape(g, random)));
    }

    /** Letters in every font of this machine that has them; none where it has no fonts. */
    public static List<BufferedImage> letters(int mostFonts) {
        List<BufferedImage> all = new ArrayList<>();
        int fonts = 0;
        for (Font font : GraphicsEnvironment.getLocalGraphicsEnvironment().getAllFonts()) {
            if (fonts < mostFonts && font.canDisplayUpTo(LETTERS) < 0 && !isSymbols(font)) {
                fonts++;
                Font large = font.deriveFont(90f);
                LETTERS.chars().forEach(c -> all.add(glyph((char) c, large)));
            }
        }
        return all;
    }

    private static boolean isSymbols(Font font) {
        return font.getName().matches("(?i).*(symbol|dingbat|emoji|music|math).*");
    }

    private static BufferedImage glyph(char letter, Font font) {
        return canvas(g -> {
            GlyphVector glyph = font.createGlyphVector(g.getFontRenderContext(), String.valueOf(letter));
            Rectangle2D box = glyph.getVisualBounds();
            g.drawGlyphVector(
                    glyph, (float) (CANVAS / 2.0 - box.getCenterX()), (float) (CANVAS / 2.0 - box.getCenterY()));
        });
    }

    private static void shape(Graphics2D g, Random random) {
        double r = 30 + 25 * random.nextDouble();
        double turn = 2 * Math.PI * random.nextDouble();
        boolean filled = random.nextBoolean();
        g.setStroke(new BasicStroke(4 + random.nextInt(12)));
        switch (random.nextInt(7)) {
            case 0 -> outline(g, polygon(3, r, r, turn), filled);
            case 1 -> outline(g, polygon(4, r, r, turn), filled);
            case 2 -> outline(g, polygon(10, r, 0.45 * r, turn), filled);
            case 3 -> {
                g.rotate(turn, 70, 70);
                g.drawLine(70 - (int) r, 70, 70 + (int) r, 70);
                g.drawLine(70, 70 - (int) r, 70, 70 + (int) r);
            }
            case 4 -> {
                int step = 12 + random.nextInt(20);
                IntStream.range(0, CANVAS / step + 1).forEach(i -> g.drawLine(i * step, 0, i * step, CANVAS));
            }
            case 5 -> {
                int cell = 10 + random.nextInt(30);
                for (int i = 0; i < CANVAS; i += cell) {
                    for (int j = (i / cell) % 2 * cell; j < CANVAS; j += 2 * cell) {
                        g.fillRect(i, j, cell, cell);
                    }
                }
            }
            default -> g.fill(new Ellipse2D.Double(70 - r, 70 - r, 2 * r, 2 * r));
        }
    }

    private static void outline(Graphics2D g, Path2D path, boolean filled) {
        if (filled) {
            g.fill(path);
        } else {
            g.draw(path);
        }
    }

    private static Path2D polygon(int corners, double outer, double inner, double turn) {
        Path2D path = new Path2D.Double();
        for (int i = 0; i < corners; i++) {
            double r = i % 2 == 0 ? outer : inner;
            double x = 70 + r * Math.cos(turn + 2 * Math.PI * i / corners);
            double y = 70 + r * Math.sin(turn + 2 * Math.PI * i / corners);
            if (i == 0) {
                path.moveTo(x, y);
            } else {
                path.lineTo(x, y);
            }
        }
        path.closePath();
        return path;
    }

    private static BufferedImage canvas(Consumer<Graphics2D> drawing) {
        BufferedImage image = new BufferedImage(CANVAS, CANVAS, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, CANVAS, CANVAS);
        g.setColor(Color.BLACK);
        drawing.accept(g);
        g.dispose();
        return image;
    }

    private static <T> List<T> drawn(int count, long seed, Function<Random, T> draw) {
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
