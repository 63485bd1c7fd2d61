package dev.trainyard.predictor.models;

/** The bytes are no model that can be served here; the message says what does not fit. */
public final class UnusableModelException extends Exception {
    public UnusableModelException(String message) {
        super(message);
    }

    public UnusableModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
