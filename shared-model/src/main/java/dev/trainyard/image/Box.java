package dev.trainyard.image;

import java.util.Optional;

/** A pixel rectangle; right and bottom are exclusive. */
record Box(int left, int top, int right, int bottom) {
    static Box of(int width, int height) {
        return new Box(0, 0, width, height);
    }

    /** The bounding box of all pixels of at least {@code visible}. */
    static Optional<Box> around(GrayImage image, float visible) {
        int left = image.width();
        int right = 0;
        int top = image.height();
        int bottom = 0;
        for (int i = 0; i < image.values().length; i++) {
            if (image.values()[i] >= visible) {
                left = Math.min(left, i % image.width());
                right = Math.max(right, i % image.width() + 1);
                top = Math.min(top, i / image.width());
                bottom = i / image.width() + 1;
            }
        }
        return right > left ? Optional.of(new Box(left, top, right, bottom)) : Optional.empty();
    }

    int width() {
        return right - left;
    }

    int height() {
        return bottom - top;
    }

    int longerSide() {
        return Math.max(width(), height());
    }

    Box union(Box other) {
        return new Box(
                Math.min(left, other.left),
                Math.min(top, other.top),
                Math.max(right, other.right),
                Math.max(bottom, other.bottom));
    }

    /** Width of the gap to another box along the axis on which they are further apart; 0 if they overlap. */
    int distance(Box other) {
        int horizontal = Math.max(left - other.right, other.left - right);
        int vertical = Math.max(top - other.bottom, other.top - bottom);
        return Math.max(0, Math.max(horizontal, vertical));
    }

    /** Returns this box extended by {@code margin} on each side. */
    Box wider(int margin) {
        return new Box(left - margin, top - margin, right + margin, bottom + margin);
    }

    /** Returns this box reduced by 5 % and one pixel on each side. */
    Box narrower() {
        int margin = Math.min(width(), height()) / 20 + 1;
        return width() > 2 * margin && height() > 2 * margin ? wider(-margin) : this;
    }

    /** Returns the intersection with {@code bounds}. */
    Box within(Box bounds) {
        return new Box(
                Math.max(bounds.left, left),
                Math.max(bounds.top, top),
                Math.min(bounds.right, right),
                Math.min(bounds.bottom, bottom));
    }

    Box moved(int x, int y) {
        return new Box(left + x, top + y, right + x, bottom + y);
    }

    /** Returns this box in an image enlarged by {@code factor}. */
    Box scaled(int factor) {
        return new Box(left * factor, top * factor, right * factor, bottom * factor);
    }
}
