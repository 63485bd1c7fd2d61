package dev.trainyard.image;

/** The bytes are no PNG that can be read; the message says why, for the client. */
public final class PngException extends Exception {
    public PngException(String message) {
        super(message);
    }

    public PngException(String message, Throwable cause) {
        super(message, cause);
    }
}
