package dev.trainyard.cli.gateway;

import java.io.IOException;
import java.io.InputStream;

/** Reads from another stream by its own rules for many bytes, which hold for a single one too. */
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
