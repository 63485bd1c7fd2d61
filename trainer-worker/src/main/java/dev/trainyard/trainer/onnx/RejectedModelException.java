package dev.trainyard.trainer.onnx;

/** A file that cannot be imported; the message tells the client what to do. */
public final class RejectedModelException extends Exception {
    public RejectedModelException(String message) {
        super(message);
    }

    public RejectedModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
