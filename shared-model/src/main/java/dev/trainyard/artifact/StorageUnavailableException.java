package dev.trainyard.artifact;

import java.io.IOException;

/** The store does not answer or is overloaded; the same operation may succeed later. */
public final class StorageUnavailableException extends IOException {
    public StorageUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
