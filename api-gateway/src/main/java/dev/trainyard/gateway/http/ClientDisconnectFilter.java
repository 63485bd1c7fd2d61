package dev.trainyard.gateway.http;

import io.quarkus.logging.LoggingFilter;
import java.io.IOException;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/**
 * Keeps the end of an event stream's client out of the log: RESTEasy logs the failed write as an error, but a closed page is
 * not an error of the gateway.
 */
@LoggingFilter(name = "departed-clients")
public final class ClientDisconnectFilter implements Filter {
    private static final String EVENT_STREAMS = "org.jboss.resteasy.reactive.server.handlers.PublisherResponseHandler";

    @Override
    public boolean isLoggable(LogRecord record) {
        return !(EVENT_STREAMS.equals(record.getLoggerName()) && record.getThrown() instanceof IOException);
    }
}
