package dev.trainyard.cli.gateway;

import java.io.IOException;
import java.io.InputStream;

/**
 * Base class of wrapping streams: reads single bytes through {@link #read(byte[], int, int)}, so that subclasses
 * override one method only.
 */
abstract class DelegatingInputStream extends InputStream {
    final InputStream in;

    DelegatingInputStream(InputStream in) {
        this.in = in;
    }

    @Override
    public final int read() throws IOException {
        byte[] oneByte = new byte[1];
        return read(oneByte, 0, 1) < 0 ? -1 : oneByte[0] & 0xff;
    }

    @Override
    public abstract int read(byte[] bytes, int offset, int length) throws IOException;
}
