package dev.trainyard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jboss.resteasy.reactive.server.handlers.PublisherResponseHandler;
import org.junit.jupiter.api.Test;

class ClientDisconnectFilterTest {
    private static final String EVENT_STREAMS = PublisherResponseHandler.class.getName();

    private final ClientDisconnectFilter filter = new ClientDisconnectFilter();

    @Test
    void onlyBrokenConnectionsOfEventStreamsAreSuppressed() {
        assertThat(filter.isLoggable(record(EVENT_STREAMS, new IOException("Broken pipe"))))
                .isFalse();
        assertThat(filter.isLoggable(record(EVENT_STREAMS, new IllegalStateException("an internal error"))))
                .isTrue();
        assertThat(filter.isLoggable(record(EVENT_STREAMS, null))).isTrue();
        assertThat(filter.isLoggable(record("dev.trainyard.gateway", new IOException("disk"))))
                .isTrue();
    }

    private static LogRecord record(String logger, Throwable thrown) {
        LogRecord record = new LogRecord(Level.SEVERE, "failed");
        record.setLoggerName(logger);
        record.setThrown(thrown);
        return record;
    }
}
