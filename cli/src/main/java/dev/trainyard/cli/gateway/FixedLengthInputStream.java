package dev.trainyard.cli.gateway;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A body with a Content-Length. */
final class FixedLengthInputStream extends DelegatingInputStream {
    private long remaining;

    /** @param length in bytes */
    FixedLengthInputStream(InputStream in, long length) {
        super(in);
        this.remaining = length;
    }

    /** @throws EOFException if the body is shorter than its length */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (remaining == 0) {
            return -1;
        }
        int count = in.read(bytes, offset, (int) Math.min(length, remaining));
        if (count < 0) {
            throw new EOFException("the response was truncated, " + remaining + " bytes are missing");
        }
        remaining -= count;
        return count;
    }
}
