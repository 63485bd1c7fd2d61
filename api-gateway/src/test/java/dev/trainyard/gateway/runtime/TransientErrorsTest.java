package dev.trainyard.gateway.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.artifact.StorageUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionException;
import org.junit.jupiter.api.Test;

class TransientErrorsTest {
    /** The event of a good run waits until its model can be read. */
    @Test
    void aStoreThatDoesNotAnswerMayAnswerLater() {
        IOException away = new StorageUnavailableException("it does not answer", new IOException());
        assertThat(TransientErrors.isTransient(new UncheckedIOException(away))).isTrue();
        assertThat(TransientErrors.isTransient(new UncheckedIOException(new IOException("damaged"))))
                .isFalse();
    }

    /** The reason is part of the response of /q/health/ready. */
    @Test
    void theReasonNamesNoClass() {
        Exception wrapped = new ConnectionException(
                new SQLException("no connection", new IOException("Connection to db:5432 refused.\nCheck it.")));
        assertThat(wrapped.getMessage()).contains("java.sql.SQLException");
        assertThat(TransientErrors.rootMessage(wrapped)).isEqualTo("Connection to db:5432 refused.");
    }
}
