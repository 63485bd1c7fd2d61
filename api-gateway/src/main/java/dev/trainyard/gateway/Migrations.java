package dev.trainyard.gateway;

import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.inject.Singleton;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the tables are brought to this release's form, also beside gateways of the release before and the one after. */
@Singleton
public class Migrations implements FlywayConfigurationCustomizer {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    private static final Map<String, String> RULES = Map.of(
            // With a lock that is held in a transaction, "create index concurrently" and a second gateway that waits
            // for the lock would wait for each other.
            "flyway.postgresql.transactional.lock", "false",
            // A gateway of the next release may have been here first.
            "flyway.ignoreMigrationPatterns", "*:future");

    @Override
    public void customize(FluentConfiguration configuration) {
        configure(configuration);
    }

    /** Sets what does not depend on where the database is. */
    public static FluentConfiguration configure(FluentConfiguration configuration) {
        return configuration.configuration(RULES);
    }

    /**
     * Migrates. A script without a transaction that failed (on a full disk, say) is noted in the history, and Flyway
     * would refuse every later try; those scripts can be run again, so the note is removed first.
     */
    public static MigrateResult migrate(Flyway flyway) {
        for (MigrationInfo migration : flyway.info().all()) {
            if (migration.getState().isFailed()) {
                LOG.warn("migration {} failed before and is run again", migration.getScript());
                flyway.repair();
                break;
            }
        }
        return flyway.migrate();
    }
}
