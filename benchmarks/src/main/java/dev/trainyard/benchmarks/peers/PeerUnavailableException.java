package dev.trainyard.benchmarks.peers;

import java.io.IOException;

/** A peer cannot be installed here; the message says what is missing. */
public final class PeerUnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    PeerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
