package dev.trainyard.gateway.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.gateway.runtime.Migrations;
import dev.trainyard.standalone.testing.TestPlatform;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** Migration of the registry of an earlier release. */
class RegistryMigrationTest {
    private static final String SCHEMA = "before_the_registry";

    @Test
    void theActiveVersionIsInProduction() {
        TestPlatform platform = TestPlatform.shared();
        flyway(platform).target("3").load().migrate();
        Jdbi jdbi = Jdbi.create(platform.jdbcUrl(), platform.user(), platform.password());
        jdbi.useTransaction(handle -> {
            handle.execute("set local search_path to " + SCHEMA);
            for (int version = 1; version <= 3; version++) {
                handle.execute(
                        "insert into model_version (name, version, onnx, metadata, test_accuracy) values ('M', ?, '{}', '{}', 1)",
                        version);
            }
            handle.execute("insert into active_model (name, version) values ('M', 2)");
        });

        flyway(platform).load().migrate();

        List<String> aliases = jdbi.inTransaction(handle -> {
            handle.execute("set local search_path to " + SCHEMA);
            return handle.createQuery("select a.name || ' ' || a.alias || ' ' || a.version || ' ' || m.reason "
                            + "from model_alias a join model_alias_move m on m.id = a.move")
                    .mapTo(String.class)
                    .list();
        });
        assertThat(aliases).containsExactly("M production 2 published");
    }

    private static FluentConfiguration flyway(TestPlatform platform) {
        return Migrations.configure(Flyway.configure())
                .dataSource(platform.jdbcUrl(), platform.user(), platform.password())
                .schemas(SCHEMA);
    }
}
