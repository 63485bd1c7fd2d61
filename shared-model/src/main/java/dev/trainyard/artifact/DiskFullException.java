package dev.trainyard.artifact;

import java.io.IOException;

/** The disk of the store has no room for an artifact; nothing was written. */
public final class DiskFullException extends IOException {
    /** @param free bytes as reported by the file system; the limit may also be a quota or the number of files */
    public DiskFullException(String path, long bytes, long free, IOException cause) {
        super("no room for the %,d bytes of %s, %,d are free".formatted(bytes, path, free), cause);
    }
}
