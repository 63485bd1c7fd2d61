package dev.trainyard.gateway.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
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

    /** The decompressed body is larger than its route allows. */
    static final class TooLargeException extends IOException {
        TooLargeException(long most) {
            super("inflates to more than %d bytes".formatted(most));
        }
    }

    /** The body is not gzip, or is truncated. */
    static final class DamagedException extends IOException {
        DamagedException(IOException cause) {
            super(cause);
        }
    }

    /** Largest size to which {@code packed} bytes can decompress. */
    static long most(long packed) {
        return packed * BEST_RATIO;
    }

    /**
     * Decompresses {@code packed} to at most {@code most} bytes.
     *
     * @throws DamagedException if it is not gzip or is truncated
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
