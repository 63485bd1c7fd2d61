package dev.trainyard.image;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates the IDAT chunks of a PNG to exactly the number of bytes that the header announces. Keeps at most {@link
 * #WINDOW} bytes in memory, or one row if that is longer.
 */
final class PngDataReader implements AutoCloseable {
    private static final int WINDOW = 64 * 1024;

    private final PngFile png;
    private final DecodeDeadline limit;
    private final Inflater inflater = new Inflater();
    private final byte[] window;
    private final int size;
    private int chunk;
    private int done;
    private int from;
    private int to;

    /** @param longest largest number of bytes requested at once */
    PngDataReader(PngFile png, int longest, DecodeDeadline limit) {
        this.png = png;
        this.limit = limit;
        this.size = png.header().inflatedSize();
        this.window = new byte[Math.min(size, Math.max(WINDOW, longest))];
        this.chunk = png.chunks().firstData();
    }

    byte[] window() {
        return window;
    }

    /** Offset of the next {@code length} bytes in the window; valid until the next call. */
    int next(int length) throws PngException {
        if (to - from < length) {
            System.arraycopy(window, from, window, 0, to - from);
            to -= from;
            from = 0;
            limit.check();
            fill(length);
        }
        from += length;
        return from - length;
    }

    private void fill(int length) throws PngException {
        while (to < length) {
            int room = Math.min(window.length - to, size - done);
            int count = inflate(window, to, room);
            if (count == 0) {
                throw new PngException(
                        "The PNG is cut off: its image ends after %d of %d bytes.".formatted(done, size));
            }
            to += count;
            done += count;
        }
    }

    /** Checks that the compressed data ends with the image. */
    void end() throws PngException {
        byte[] more = new byte[1];
        if (inflate(more, 0, 1) > 0) {
            throw new PngException(
                    "The PNG is damaged: its data inflates to more than the %d bytes that an image of its size has."
                            .formatted(size));
        }
        if (!inflater.finished()) {
            throw new PngException("The PNG is cut off: its image data has no end.");
        }
        boolean behind = inflater.getRemaining() > 0;
        while (!behind && chunk < png.chunks().dataEnd()) {
            behind = feed() && inflater.getRemaining() > 0;
        }
        if (behind) {
            throw new PngException("The PNG is damaged: its image data is followed by other bytes.");
        }
    }

    /** Inflates at least one byte, unless the data has ended. */
    private int inflate(byte[] target, int offset, int room) throws PngException {
        try {
            while (true) {
                int count = inflater.inflate(target, offset, room);
                if (count > 0 || inflater.finished()) {
                    return count;
                }
                if (inflater.needsDictionary()) {
                    throw new PngException("The PNG is damaged: its image data needs a dictionary.");
                }
                if (!feed()) {
                    return 0;
                }
            }
        } catch (DataFormatException e) {
            throw new PngException("The PNG is damaged: its image data cannot be inflated.", e);
        }
    }

    /** Passes the next IDAT chunk to the inflater; false if there is none. */
    private boolean feed() {
        if (chunk >= png.chunks().dataEnd()) {
            return false;
        }
        int length = ByteBuffer.wrap(png.bytes()).getInt(chunk);
        inflater.setInput(png.bytes(), chunk + 8, length);
        chunk += PngFile.CHUNK_FRAME + length;
        return true;
    }

    @Override
    public void close() {
        inflater.end();
    }
}
