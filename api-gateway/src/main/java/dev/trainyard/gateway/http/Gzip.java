package dev.trainyard.gateway.http;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Inflates bodies that came with {@code Content-Encoding: gzip}. */
final class Gzip {
    private static final int BUFFER = 16 * 1024;
    /** Deflate makes no more of a byte. */
    private static final long BEST_RATIO = 1032;

    private Gzip() {}

    /** A body inflates to more than its route reads. */
    static final class TooLargeException extends IOException {
        TooLargeException(long most) {
            super("inflates to more than %d bytes".formatted(most));
        }
    }

    /** A body is no gzip, or is cut off. */
    static final class DamagedException extends IOException {
        DamagedException(IOException cause) {
            super(cause);
        }
    }

    /** Most that {@code packed} bytes can inflate to. */
    static long most(long packed) {
        return packed * BEST_RATIO;
    }

    /**
     * Inflates {@code packed}, and never to more than {@code most} bytes; twice, so that no memory but the result is
     * needed.
     *
     * @throws DamagedException if it is no gzip or is cut off
     */
    static byte[] inflate(byte[] packed, long most) throws IOException {
        try {
            byte[] inflated = new byte[Math.toIntExact(size(packed, most))];
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed), BUFFER)) {
                in.readNBytes(inflated, 0, inflated.length);
            }
            return inflated;
        } catch (EOFException | ZipException e) {
            throw new DamagedException(e);
        }
    }

    private static long size(byte[] packed, long most) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed), BUFFER)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                size += count;
                if (size > most) {
                    throw new TooLargeException(most);
                }
            }
        }
        return size;
    }
}
