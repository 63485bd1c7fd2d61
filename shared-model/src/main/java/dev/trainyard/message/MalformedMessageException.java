package dev.trainyard.message;

/** A record that no retry will make readable; it belongs on the dead-letter topic. */
public final class MalformedMessageException extends Exception {
    public MalformedMessageException(String message) {
        super(message);
    }

    public MalformedMessageException(String message, Throwable cause) {
        super(message, cause);
    }
}
