package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.gateway.runtime.Migrations;
import dev.trainyard.standalone.testing.TestPlatform;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Concurrent migrations, and gateways of two releases on one database. */
class MigrationsTest {
    private static final String NOW = "classpath:db/migration";
    private static final String NEXT = "classpath:db/next";

    private final TestPlatform platform = TestPlatform.shared();
    private final String name = "migrations_" + UUID.randomUUID().toString().replace('-', '_');
    private final String url = platform.jdbcUrl().replaceFirst("/[^/?]*(\\?|$)", "/" + name + "$1");

    @BeforeEach
    void makeADatabase() throws Exception {
        try (Connection admin = DriverManager.getConnection(platform.jdbcUrl(), platform.user(), platform.password())) {
            admin.createStatement().execute("create database " + name);
        }
    }

    @Test
    void gatewaysStartingTogetherDoNotDeadlock() throws Exception {
        migrateAtOnce(4, NOW);
        migrateAtOnce(4, NOW, NEXT); // indexes are made concurrently while the others wait for their turn
        assertThat(
                        one(
                                "select cast(count(*) as text) from pg_index where not indisvalid and indrelid = 'job'::regclass"))
                .isEqualTo("0");
    }

    @Test
    void anUnfinishedIndexIsRecreated() {
        flyway(NOW).target("14").load().migrate();
        jdbi().useHandle(handle -> handle.execute("create index outbox_quarantined on outbox (id)"));
        flyway(NOW).load().migrate();
        assertThat(one("select pg_get_indexdef('outbox_quarantined'::regclass)"))
                .contains("quarantined_at IS NOT NULL");
    }

    /** Creating an index outside of a transaction can fail by a statement timeout, a deadlock or a full disk. */
    @Test
    void aFailedMigrationIsRepeatedAtTheNextStart() {
        flyway(NOW).target("14").load().migrate();
        jdbi().useHandle(handle -> handle.execute("create view outbox_quarantined as select 1")); // in the way
        Flyway flyway = flyway(NOW).load();
        assertThatThrownBy(() -> Migrations.migrate(flyway)).isInstanceOf(FlywayException.class);
        assertThat(one("select version from flyway_schema_history where not success"))
                .isEqualTo("20");
        assertThatThrownBy(() -> Migrations.migrate(flyway)).hasMessageContaining("outbox_quarantined");

        jdbi().useHandle(handle -> handle.execute("drop view outbox_quarantined"));
        Migrations.migrate(flyway);

        assertThat(one("select cast(count(*) as text) from flyway_schema_history where not success"))
                .isEqualTo("0");
        assertThat(one("select pg_get_indexdef('outbox_quarantined'::regclass)"))
                .contains("quarantined_at IS NOT NULL");
    }

    @Test
    void aFailedMigrationOfTheNextReleaseKeepsTheSchemaHistory() {
        flyway(NOW, NEXT).load().migrate();
        String applied = "select string_agg(version || ' ' || type, ',' order by installed_rank) "
                + "from flyway_schema_history where success";
        String before = one(applied);
        jdbi().useHandle(handle -> handle.execute("insert into flyway_schema_history (installed_rank, version, "
                + "description, type, script, checksum, installed_by, execution_time, success) "
                + "values (1000, '9999', 'later', 'SQL', 'V9999__later.sql', 1, current_user, 1, false)"));
        assertThat(Migrations.migrate(flyway(NOW).load()).migrationsExecuted).isZero();
        assertThat(one(applied)).isEqualTo(before);
    }

    @Test
    void thisReleaseStartsOnTheSchemaOfTheNext() {
        flyway(NOW, NEXT).load().migrate();
        assertThat(Migrations.migrate(flyway(NOW).load()).migrationsExecuted).isZero();
    }

    private void migrateAtOnce(int gateways, String... locations) throws Exception {
        CyclicBarrier start = new CyclicBarrier(gateways);
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int i = 0; i < gateways; i++) {
            running.add(CompletableFuture.runAsync(
                    () -> {
                        try {
                            start.await();
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                        Migrations.migrate(flyway(locations).load());
                    },
                    task -> new Thread(task).start()));
        }
        CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).get(120, TimeUnit.SECONDS);
    }

    private FluentConfiguration flyway(String... locations) {
        return Migrations.configure(Flyway.configure())
                .dataSource(url, platform.user(), platform.password())
                .locations(locations);
    }

    private String one(String sql) {
        return jdbi().withHandle(
                        handle -> handle.createQuery(sql).mapTo(String.class).one());
    }

    private Jdbi jdbi() {
        return Jdbi.create(url, platform.user(), platform.password());
    }
}
