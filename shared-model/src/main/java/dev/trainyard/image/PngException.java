package dev.trainyard.image;

/** The bytes are not a readable PNG; the message explains it to the client. */
public final class PngException extends Exception {
    public PngException(String message) {
        super(message);
    }

    public PngException(String message, Throwable cause) {
        super(message, cause);
    }
}
