package dev.trainyard.standalone.testing;

import dev.trainyard.standalone.postgres.PgBouncer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** Gives a Quarkus test a PostgreSQL behind PgBouncer. */
public final class PgBouncerResource implements QuarkusTestResourceLifecycleManager {
    private PgBouncer database;

    /** After {@link PlatformResource}, whose database is replaced. */
    @Override
    public int order() {
        return 1;
    }

    @Override
    public Map<String, String> start() {
        try {
            database = new PgBouncer();
            return Map.of(
                    "quarkus.datasource.jdbc.url", database.url(),
                    "quarkus.datasource.password", database.password());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        try {
            if (database != null) {
                database.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
