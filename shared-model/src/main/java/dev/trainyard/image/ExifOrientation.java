package dev.trainyard.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The transformation that makes a stored image upright. Source: Exif 2.32, tag 0x0112 (Orientation); the constants are
 * in the order of its values 1 to 8.
 */
enum ExifOrientation {
    UPRIGHT,
    MIRRORED,
    UPSIDE_DOWN,
    MIRRORED_UPSIDE_DOWN,
    TRANSPOSED,
    TURNED_LEFT,
    TRANSVERSED,
    TURNED_RIGHT;

    private static final int TAG = 0x0112;
    private static final int TYPE_SHORT = 3;
    private static final int TYPE_LONG = 4;
    private static final int ENTRY_BYTES = 12;
    /** Some programs store the marker of JPEG's APP1 segment too, although the PNG specification forbids it. */
    private static final byte[] APP1_MARKER = {'E', 'x', 'i', 'f', 0, 0};

    /**
     * Reads the orientation from the first directory of a TIFF structure.
     *
     * @param exif data of an eXIf chunk
     * @return {@link #UPRIGHT} if it is missing or unreadable, like in viewers
     */
    static ExifOrientation read(byte[] exif) {
        boolean marked = exif.length > APP1_MARKER.length
                && Arrays.equals(exif, 0, APP1_MARKER.length, APP1_MARKER, 0, APP1_MARKER.length);
        ByteBuffer tiff = marked
                ? ByteBuffer.wrap(exif, APP1_MARKER.length, exif.length - APP1_MARKER.length)
                        .slice()
                : ByteBuffer.wrap(exif);
        if (tiff.capacity() < 8) {
            return UPRIGHT;
        }
        switch (tiff.getShort(0)) {
            case 0x4949 -> tiff.order(ByteOrder.LITTLE_ENDIAN);
            case 0x4d4d -> tiff.order(ByteOrder.BIG_ENDIAN);
            default -> {
                return UPRIGHT;
            }
        }
        return tiff.getShort(2) == 42 ? ofDirectory(tiff, tiff.getInt(4) & 0xffffffffL) : UPRIGHT;
    }

    private static ExifOrientation ofDirectory(ByteBuffer tiff, long offset) {
        if (offset + 2 > tiff.capacity()) {
            return UPRIGHT;
        }
        int entries = tiff.getShort((int) offset) & 0xffff;
        for (int i = 0; i < entries; i++) {
            long entry = offset + 2 + (long) i * ENTRY_BYTES;
            if (entry + ENTRY_BYTES > tiff.capacity()) {
                return UPRIGHT;
            }
            int at = (int) entry;
            if ((tiff.getShort(at) & 0xffff) == TAG) {
                long value =
                        switch (tiff.getShort(at + 2)) {
                            case TYPE_SHORT -> tiff.getShort(at + 8);
                            case TYPE_LONG -> tiff.getInt(at + 8);
                            default -> 0;
                        };
                return value >= 1 && value <= values().length ? values()[(int) value - 1] : UPRIGHT;
            }
        }
        return UPRIGHT;
    }

    private boolean swapsSides() {
        return ordinal() >= TRANSPOSED.ordinal();
    }

    /** Transforms the image like a viewer. */
    LuminanceImage apply(LuminanceImage stored) {
        if (this == UPRIGHT) {
            return stored;
        }
        int width = swapsSides() ? stored.height() : stored.width();
        int height = swapsSides() ? stored.width() : stored.height();
        byte[] upright = new byte[stored.values().length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                upright[y * width + x] = stored.values()[storedIndex(stored, x, y)];
            }
        }
        return new LuminanceImage(width, height, upright);
    }

    private int storedIndex(LuminanceImage stored, int x, int y) {
        int right = stored.width() - 1;
        int bottom = stored.height() - 1;
        return switch (this) {
            case UPRIGHT -> index(stored, x, y);
            case MIRRORED -> index(stored, right - x, y);
            case UPSIDE_DOWN -> index(stored, right - x, bottom - y);
            case MIRRORED_UPSIDE_DOWN -> index(stored, x, bottom - y);
            case TRANSPOSED -> index(stored, y, x);
            case TURNED_LEFT -> index(stored, y, bottom - x);
            case TRANSVERSED -> index(stored, right - y, bottom - x);
            case TURNED_RIGHT -> index(stored, right - y, x);
        };
    }

    private static int index(LuminanceImage stored, int x, int y) {
        return y * stored.width() + x;
    }
}
