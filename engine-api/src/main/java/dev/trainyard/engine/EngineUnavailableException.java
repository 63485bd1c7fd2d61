package dev.trainyard.engine;

/** The engine cannot be used on this machine or in this build; the message says what to change. */
public final class EngineUnavailableException extends RuntimeException {
    public EngineUnavailableException(String message) {
        super(message);
    }

    public EngineUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
