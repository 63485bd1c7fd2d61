package dev.trainyard.artifact;

import java.io.IOException;

/** The store's disk has no room for an artifact; nothing of it is left there. */
public final class DiskFullException extends IOException {
    /** @param free bytes, as the file system tells; a quota or the number of files may be what is used up */
    public DiskFullException(String path, long bytes, long free, IOException cause) {
        super("no room for the %,d bytes of %s, %,d are free".formatted(bytes, path, free), cause);
    }
}
