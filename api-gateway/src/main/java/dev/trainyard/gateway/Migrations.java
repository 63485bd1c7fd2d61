package dev.trainyard.gateway;

import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.inject.Singleton;
import java.util.Map;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Migrates the tables to this release, also while gateways of the previous and the next release run. */
@Singleton
public class Migrations implements FlywayConfigurationCustomizer {
    private static final Map<String, String> RULES = Map.of(
            // A lock held in a transaction would deadlock "create index concurrently" with a second gateway that waits
            // for the lock.
            "flyway.postgresql.transactional.lock", "false",
            // A gateway of the next release may have migrated the database already.
            "flyway.ignoreMigrationPatterns", "*:future");

    @Override
    public void customize(FluentConfiguration configuration) {
        configure(configuration);
    }

    /** Sets the options that do not depend on the location of the database. */
    public static FluentConfiguration configure(FluentConfiguration configuration) {
        return configuration.configuration(RULES);
    }
}
