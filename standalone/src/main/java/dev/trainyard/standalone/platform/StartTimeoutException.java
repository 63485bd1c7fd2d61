package dev.trainyard.standalone.platform;

import java.io.IOException;

/** The platform was not ready within the time limit that the user set. */
public final class StartTimeoutException extends IOException {
    StartTimeoutException(String message) {
        super(message);
    }
}
