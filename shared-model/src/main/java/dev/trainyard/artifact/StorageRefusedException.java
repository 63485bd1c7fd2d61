package dev.trainyard.artifact;

import java.io.IOException;

/** The store refuses the operation until its settings or permissions change; the message says what to do. */
public final class StorageRefusedException extends IOException {
    public StorageRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
