package dev.trainyard.cli.gateway;

import java.io.IOException;
import java.io.OutputStream;

/** What a request carries. */
interface RequestBody {
    /** In bytes; all that {@link #writeTo} writes. */
    long length();

    /** @throws IOException if it cannot be read any more, or {@code out} takes no more */
    void writeTo(OutputStream out) throws IOException;

    static RequestBody of(byte[] bytes) {
        return new Bytes(bytes);
    }

    /** In memory. */
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
