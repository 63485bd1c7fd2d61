package dev.trainyard.cli.gateway;

import java.io.IOException;

/** The connection could not be opened, so no request was sent. */
final class ConnectionFailedException extends IOException {
    ConnectionFailedException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
