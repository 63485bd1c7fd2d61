package dev.trainyard.cli.gateway;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;

/** A body with chunked transfer coding (RFC 9112, 7.1). */
final class ChunkedInputStream extends DelegatingInputStream {
    /** Bytes left of the current chunk. */
    private long remaining;

    private boolean started;
    private boolean ended;

    ChunkedInputStream(InputStream in) {
        super(in);
    }

    /** @throws EOFException if the body is cut off */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (remaining == 0 && !ended) {
            readChunkSize();
        }
        if (ended) {
            return -1;
        }
        int count = in.read(bytes, offset, (int) Math.min(length, remaining));
        if (count < 0) {
            throw new EOFException("the response was truncated");
        }
        remaining -= count;
        return count;
    }

    private void readChunkSize() throws IOException {
        HttpResponse.HeaderReader head = new HttpResponse.HeaderReader(in);
        if (started && !head.line().isEmpty()) {
            throw new ProtocolException("a chunk is longer than its announced size");
        }
        started = true;
        String size = head.line();
        int extension = size.indexOf(';');
        try {
            remaining = HttpResponse.length((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
        } catch (NumberFormatException e) {
            throw new ProtocolException("invalid chunk size \"" + size + "\"");
        }
        if (remaining == 0) {
            ended = true;
            while (!head.line().isEmpty()) {
                // trailer fields are ignored
            }
        }
    }
}
