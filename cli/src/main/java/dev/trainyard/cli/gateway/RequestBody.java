package dev.trainyard.cli.gateway;

import java.io.IOException;
import java.io.OutputStream;

/** Body of a request. */
interface RequestBody {
    /** Number of bytes that {@link #writeTo} writes. */
    long length();

    /** @throws IOException if the content cannot be read or {@code out} fails */
    void writeTo(OutputStream out) throws IOException;

    static RequestBody of(byte[] bytes) {
        return new Bytes(bytes);
    }

    /** A body in memory. */
    record Bytes(byte[] bytes) implements RequestBody {
        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(bytes);
        }
    }
}
