package dev.trainyard.trainer.engine;

/** This machine or this build cannot train as it should; the message says what to change. */
public final class EngineUnavailableException extends RuntimeException {
    public EngineUnavailableException(String message) {
        super(message);
    }

    public EngineUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
