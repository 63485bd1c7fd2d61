package dev.trainyard.gateway.http;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Decompresses bodies with {@code Content-Encoding: gzip}. */
final class Gzip {
    private static final int BUFFER = 16 * 1024;
    /** Largest compression ratio of Deflate. */
    private static final long BEST_RATIO = 1032;

    private Gzip() {}

    /** The decompressed body is larger than its path allows. */
    static final class TooLargeException extends IOException {
        TooLargeException(long most) {
            super("decompresses to more than %d bytes".formatted(most));
        }
    }

    /** The body is not gzip, or is truncated. */
    static final class DamagedException extends IOException {
        DamagedException(IOException cause) {
            super(cause);
        }
    }

    /** Largest decompressed size of {@code packed} bytes. */
    static long most(long packed) {
        return packed * BEST_RATIO;
    }

    /**
     * Decompresses {@code packed} to at most {@code most} bytes; twice, so that only the result takes memory.
     *
     * @throws DamagedException if it is not gzip or is truncated
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
