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
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Draws shapes and letters, dark on light like handwritten digits; the same images at each call. */
final class DrawnImages {
    private static final int CANVAS = 140;
    /** Letters that do not resemble a digit. */
    private static final String LETTERS = "ACEFHKMNPRTUVWXYaefhkmnrtuvwxy";

    private DrawnImages() {}

    /** Triangles, squares, stars, crosses, stripes, checkerboards and discs. */
    static List<BufferedImage> shapes(int count) {
        return GeneratedImages.drawn(count, 7, random -> canvas(g -> shape(g, random)));
    }

    /** Letters in up to {@code mostFonts} fonts of this machine; empty if it has no fonts. */
    static List<BufferedImage> letters(int mostFonts) {
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
}
