package dev.trainyard.gateway;

import dev.trainyard.gateway.runtime.Migrations;
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

    /** Uses the platform that all tests of this JVM share. */
    public static Jdbi create() {
        TestPlatform platform = TestPlatform.shared();
        String url = url(createDatabase(" template " + Template.NAME));
        return Jdbi.create(url, platform.user(), platform.password());
    }

    private static String createDatabase(String options) {
        TestPlatform platform = TestPlatform.shared();
        String name = "test_" + UUID.randomUUID().toString().replace('-', '_');
        try (Connection admin = DriverManager.getConnection(platform.jdbcUrl(), platform.user(), platform.password())) {
            admin.createStatement().execute("create database " + name + options);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return name;
    }

    private static String url(String name) {
        return TestPlatform.shared().jdbcUrl().replaceFirst("/[^/?]*(\\?|$)", "/" + name + "$1");
    }

    /** Template that is migrated once, because copying it is faster. */
    private static final class Template {
        private static final String NAME = migrated();

        private static String migrated() {
            TestPlatform platform = TestPlatform.shared();
            String name = createDatabase("");
            Migrations.configure(Flyway.configure())
                    .dataSource(url(name), platform.user(), platform.password())
                    .locations("classpath:db/migration")
                    .load()
                    .migrate();
            return name;
        }
    }
}
