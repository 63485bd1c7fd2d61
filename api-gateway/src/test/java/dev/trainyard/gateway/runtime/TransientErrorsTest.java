package dev.trainyard.gateway.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionException;
import org.junit.jupiter.api.Test;

class TransientErrorsTest {
    /** It stands in the answer of /q/health/ready. */
    @Test
    void theReasonNamesNoClass() {
        Exception wrapped = new ConnectionException(
                new SQLException("no connection", new IOException("Connection to db:5432 refused.\nCheck it.")));
        assertThat(wrapped.getMessage()).contains("java.sql.SQLException");
        assertThat(TransientErrors.rootMessage(wrapped)).isEqualTo("Connection to db:5432 refused.");
    }
}
