package dev.trainyard.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Separates strokes from specks, dust and frames by connected components. */
final class ConnectedComponents {
    /** Components with less than this share of the largest one's ink are specks. */
    private static final float SPECK = 0.04f;
    /**
     * A component at the edge may be a frame or shadow if a component inside has at least this share of its ink.
     */
    private static final float INSIDE = 0.15f;

    /** Largest gap between two parts of a digit, as a share of the longer side of the larger one. */
    private static final float GAP = 0.25f;
    /** A part of a digit is at most this much longer than the other parts; frames and shadows are longer. */
    private static final float LONGER = 1.5f;

    /** The same for its ink. */
    private static final float MORE = 3;
    /** A line across the whole image is a part of the digit only if the rest has this share of the image's extent. */
    private static final float ACROSS = 0.8f;

    private record Piece(int number, Box box, float ink, boolean atEdge) {}

    private ConnectedComponents() {}

    /**
     * Removes everything but strokes from {@code ink}. Returns the bounding box of the strokes; empty without strokes.
     */
    static Optional<Box> keep(GrayImage ink, float visible) {
        int[] numbers = new int[ink.values().length];
        List<Piece> pieces = new ArrayList<>();
        int[] stack = new int[ink.values().length];
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] == 0 && ink.values()[i] >= visible) {
                pieces.add(collect(ink, visible, i, pieces.size() + 1, numbers, stack));
            }
        }
        List<Piece> kept = strokes(pieces, Box.of(ink.width(), ink.height()));
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        clear(ink, numbers, kept);
        return kept.stream().map(Piece::box).reduce(Box::union);
    }

    private static Piece collect(GrayImage ink, float visible, int start, int number, int[] numbers, int[] stack) {
        int width = ink.width();
        Box box = new Box(start % width, start / width, start % width + 1, start / width + 1);
        float sum = 0;
        int depth = 0;
        stack[depth++] = start;
        numbers[start] = number;
        int left = box.left();
        int right = box.right();
        int top = box.top();
        int bottom = box.bottom();
        while (depth > 0) {
            int at = stack[--depth];
            int x = at % width;
            int y = at / width;
            sum += ink.values()[at];
            left = Math.min(left, x);
            right = Math.max(right, x + 1);
            top = Math.min(top, y);
            bottom = Math.max(bottom, y + 1);
            for (int ny = Math.max(0, y - 1); ny < Math.min(ink.height(), y + 2); ny++) {
                for (int nx = Math.max(0, x - 1); nx < Math.min(width, x + 2); nx++) {
                    int next = ny * width + nx;
                    if (numbers[next] == 0 && ink.values()[next] >= visible) {
                        numbers[next] = number;
                        stack[depth++] = next;
                    }
                }
            }
        }
        boolean atEdge = left == 0 || top == 0 || right == width || bottom == ink.height();
        return new Piece(number, new Box(left, top, right, bottom), sum, atEdge);
    }

    private static List<Piece> strokes(List<Piece> pieces, Box image) {
        float largest = most(pieces);
        List<Piece> inside = pieces.stream().filter(piece -> !piece.atEdge).toList();
        List<Piece> candidates = pieces;
        if (most(inside) >= INSIDE * largest) {
            float visible = SPECK * most(inside);
            Box drawing = inside.stream()
                    .filter(piece -> piece.ink >= visible)
                    .map(Piece::box)
                    .reduce(Box::union)
                    .orElseThrow();
            candidates = pieces.stream()
                    .filter(piece ->
                            !piece.atEdge || (piece.ink <= MORE * most(inside) && belongsTo(drawing, piece.box, image)))
                    .toList();
        }
        float least = SPECK * most(candidates);
        return candidates.stream().filter(piece -> piece.ink >= least).toList();
    }

    /** Distinguishes the end of a stroke that reaches the edge from a frame, line or shadow beside the drawing. */
    private static boolean belongsTo(Box drawing, Box piece, Box image) {
        boolean lineBeside = piece.width() == image.width() && drawing.width() < ACROSS * image.width()
                || piece.height() == image.height() && drawing.height() < ACROSS * image.height();
        int longer = drawing.longerSide();
        return !lineBeside && piece.longerSide() <= LONGER * longer && piece.distance(drawing) <= GAP * longer;
    }

    private static float most(List<Piece> pieces) {
        return (float) pieces.stream().mapToDouble(Piece::ink).max().orElse(0);
    }

    /** Keeps the soft edges next to a stroke. */
    private static void clear(GrayImage ink, int[] numbers, List<Piece> kept) {
        boolean[] keep = new boolean[ink.values().length + 1];
        kept.forEach(piece -> keep[piece.number] = true);
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] != 0 ? !keep[numbers[i]] : !isBeside(ink, numbers, keep, i)) {
                ink.values()[i] = 0;
            }
        }
    }

    private static boolean isBeside(GrayImage ink, int[] numbers, boolean[] keep, int at) {
        int x = at % ink.width();
        int y = at / ink.width();
        for (int ny = Math.max(0, y - 1); ny < Math.min(ink.height(), y + 2); ny++) {
            for (int nx = Math.max(0, x - 1); nx < Math.min(ink.width(), x + 2); nx++) {
                int number = numbers[ny * ink.width() + nx];
                if (number != 0 && keep[number]) {
                    return true;
                }
            }
        }
        return false;
    }
}
