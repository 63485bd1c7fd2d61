package dev.trainyard.gateway;

import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * Has Flyway hold its lock by the session. In a transaction of its own, as by default, {@code create index concurrently}
 * would wait for the end of that transaction for ever.
 */
@ApplicationScoped
public class MigrationLock implements FlywayConfigurationCustomizer {
    @Override
    public void customize(FluentConfiguration configuration) {
        apply(configuration);
    }

    /** Also for those who migrate without Quarkus. */
    public static FluentConfiguration apply(FluentConfiguration configuration) {
        return configuration.configuration(Map.of("flyway.postgresql.transactional.lock", "false"));
    }
}
