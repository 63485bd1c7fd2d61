package dev.trainyard.standalone.testing;

import dev.trainyard.standalone.postgres.PostgresPair;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.Map;

/**
 * Gives a Quarkus test a primary PostgreSQL and a replica, and the test what it needs to kill the one and promote the
 * other: {@code test.primary.pid} and {@code test.replica.url}.
 */
public final class FailoverPostgresResource implements QuarkusTestResourceLifecycleManager {
    private PostgresPair pair;

    /** After {@link PlatformResource}, whose database is replaced. */
    @Override
    public int order() {
        return 1;
    }

    @Override
    public Map<String, String> start() {
        try {
            pair = new PostgresPair();
            return Map.of(
                    "quarkus.datasource.jdbc.url", pair.url(),
                    "quarkus.datasource.password", pair.password(),
                    "test.primary.pid", String.valueOf(pair.primaryPid()),
                    "test.replica.url", pair.replicaUrl());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void stop() {
        try {
            if (pair != null) {
                pair.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
