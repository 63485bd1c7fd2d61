package dev.trainyard.gateway.runtime;

import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.inject.Singleton;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Migrates the database while gateways of the previous and the next release may run on it. */
@Singleton
public class Migrations implements FlywayConfigurationCustomizer {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    private static final Map<String, String> RULES = Map.of(
            // a transactional lock would deadlock "create index concurrently" with a second gateway waiting for it
            "flyway.postgresql.transactional.lock", "false",
            // a gateway of the next release may have migrated already
            "flyway.ignoreMigrationPatterns", "*:future");

    @Override
    public void customize(FluentConfiguration configuration) {
        configure(configuration);
    }

    /** Applies the settings that do not depend on the location of the database. */
    public static FluentConfiguration configure(FluentConfiguration configuration) {
        return configuration.configuration(RULES);
    }

    /**
     * Migrates. A script without a transaction that failed (for example on a full disk) is recorded as failed, and
     * Flyway then rejects further attempts; these scripts are repeatable, so the record is removed first.
     */
    public static MigrateResult migrate(Flyway flyway) {
        for (MigrationInfo migration : flyway.info().all()) {
            if (migration.getState().isFailed()) {
                LOG.warn("Migration {} failed before and is run again", migration.getScript());
                flyway.repair();
                break;
            }
        }
        return flyway.migrate();
    }
}
