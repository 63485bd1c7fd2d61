package dev.trainyard.gateway.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
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
     * Inflates {@code packed}, and never to more than {@code most} bytes.
     *
     * @throws DamagedException if it is no gzip or is cut off
     */
    static byte[] inflate(byte[] packed, long most) throws IOException {
        ByteArrayOutputStream inflated = new ByteArrayOutputStream(BUFFER);
        byte[] buffer = new byte[BUFFER];
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed), BUFFER)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (inflated.size() + count > most) {
                    throw new TooLargeException(most);
                }
                inflated.write(buffer, 0, count);
            }
        } catch (EOFException | ZipException e) {
            throw new DamagedException(e);
        }
        return inflated.toByteArray();
    }
}
