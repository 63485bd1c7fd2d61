package dev.trainyard.predictor.models;

/** The bytes are not a servable model; the message gives the reason. */
public final class UnusableModelException extends Exception {
    public UnusableModelException(String message) {
        super(message);
    }

    public UnusableModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
