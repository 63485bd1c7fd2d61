package dev.trainyard.gateway.http;

import io.quarkus.logging.LoggingFilter;
import java.io.IOException;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/**
 * Suppresses log records about disconnected clients of event streams. RESTEasy logs the failed write as an error, but a
 * closed page is not an error of the gateway.
 */
@LoggingFilter(name = "client-disconnects")
public final class ClientDisconnectFilter implements Filter {
    private static final String EVENT_STREAMS = "org.jboss.resteasy.reactive.server.handlers.PublisherResponseHandler";

    @Override
    public boolean isLoggable(LogRecord record) {
        return !(EVENT_STREAMS.equals(record.getLoggerName()) && record.getThrown() instanceof IOException);
    }
}
