package dev.trainyard.gateway;

import dev.trainyard.standalone.testing.TestPlatform;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;

/** A separate database with the gateway's tables on a real PostgreSQL. */
public final class TestDatabase {
    private TestDatabase() {}

    /** On the platform that all tests of this JVM share. */
    public static Jdbi create() {
        TestPlatform platform = TestPlatform.shared();
        String name = "test_" + UUID.randomUUID().toString().replace('-', '_');
        try (Connection admin = DriverManager.getConnection(platform.jdbcUrl(), platform.user(), platform.password())) {
            admin.createStatement().execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        String url = platform.jdbcUrl().replaceFirst("/[^/?]*(\\?|$)", "/" + name + "$1");
        Migrations.configure(Flyway.configure())
                .dataSource(url, platform.user(), platform.password())
                .locations("classpath:db/migration")
                .load()
                .migrate();
        return Jdbi.create(url, platform.user(), platform.password());
    }
}
