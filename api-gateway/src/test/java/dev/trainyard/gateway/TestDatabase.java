package dev.trainyard.gateway;

import dev.trainyard.gateway.runtime.Migrations;
import dev.trainyard.standalone.testing.TestPlatform;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;

/** A separate database with the gateway's tables on a real PostgreSQL. */
public final class TestDatabase {
    private static final int MAX_CONNECTIONS = 50;
    private static final Duration IDLE = Duration.ofSeconds(2);

    private TestDatabase() {}

    /** Uses the platform that all tests of this JVM share. */
    public static Jdbi create() {
        TestPlatform platform = TestPlatform.shared();
        String url = url(createDatabase(" template " + Template.NAME));
        return Jdbi.create(pool(url, platform.user(), platform.password()));
    }

    /** Opening a connection for each statement would take most of the time of a test. Idle connections are closed. */
    private static AgroalDataSource pool(String url, String user, String password) {
        try {
            return AgroalDataSource.from(
                    new AgroalDataSourceConfigurationSupplier().connectionPoolConfiguration(pool -> pool.initialSize(0)
                            .minSize(0)
                            .maxSize(MAX_CONNECTIONS)
                            .reapTimeout(IDLE)
                            .connectionFactoryConfiguration(factory -> factory.jdbcUrl(url)
                                    .principal(new NamePrincipal(user))
                                    .credential(new SimplePassword(password)))));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
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
