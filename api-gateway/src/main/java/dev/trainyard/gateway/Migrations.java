package dev.trainyard.gateway;

import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.inject.Singleton;
import java.util.Map;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** How the tables are brought to this release's form, also beside gateways of the release before and the one after. */
@Singleton
public class Migrations implements FlywayConfigurationCustomizer {
    private static final Map<String, String> RULES = Map.of(
            // With a lock that is held in a transaction, "create index concurrently" and a second gateway that waits
            // for
            // the lock would wait for each other.
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
}
