package dev.trainyard.cli.gateway;

import java.io.IOException;

/** No line to a gateway came about, so that it was asked nothing. */
final class ConnectionFailedException extends IOException {
    ConnectionFailedException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
