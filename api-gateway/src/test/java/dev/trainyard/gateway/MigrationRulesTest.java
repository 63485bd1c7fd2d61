package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Migrations expand first and contract one release later. */
class MigrationRulesTest {
    private static final Path FOLDER = Path.of("src/main/resources/db/migration");
    /** Migrations before the first release are exempt. */
    private static final Set<String> BEFORE_THE_RULE = Set.of(
            "V1__jobs.sql",
            "V2__models.sql",
            "V3__nothing_lost.sql",
            "V4__event_shares.sql",
            "V7__registry.sql",
            "V8__predictions.sql",
            "V9__places_and_changes.sql",
            "V10__job_filters.sql",
            "V11__newest_models.sql");

    static List<Path> migrations() throws IOException {
        try (Stream<Path> files =
                Stream.concat(Files.list(FOLDER), Files.list(Path.of("src/test/resources/db/next")))) {
            return files.filter(file -> file.toString().endsWith(".sql"))
                    .filter(file -> !BEFORE_THE_RULE.contains(file.getFileName().toString()))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("migrations")
    void thePreviousReleaseRunsOnEveryMigration(Path file) throws IOException {
        Path conf = file.resolveSibling(file.getFileName() + ".conf");
        boolean inTransaction = !Files.exists(conf) || !Files.readString(conf).contains("executeInTransaction=false");
        assertThat(MigrationRules.violations(Files.readString(file), inTransaction))
                .as(file.getFileName() + " (docs/upgrades.md says what to do instead)")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "drop table job",
                "DROP  TABLE\n if exists job",
                "truncate job",
                "drop index job_by_status",
                "alter table job drop column worker",
                "alter table job add column a text, drop column worker",
                "alter table job drop constraint job_status_check",
                "alter table job alter column a drop default",
                "alter table job rename to jobs",
                "alter table job rename column worker to trainer",
                "alter index job_by_status rename to x",
                "alter table job alter column attempt type bigint",
                "alter table job alter attempt set data type bigint",
                "alter table job alter column worker set not null",
                "alter table job add column owner text not null",
                "alter table job add owner text not null, add column b text default 'x'",
                "alter table job add constraint c check (attempt > 0)",
                "alter table job add unique (worker)",
                "create index x on job (worker)",
                "create unique index x on job (worker)",
                "create index concurrently x on job (worker)",
                "lock table job",
                "create table t (a text); alter table job drop column worker"
            })
    void migrationsThatBreakThePreviousReleaseAreRefused(String sql) {
        assertThat(MigrationRules.violations("-- a comment; drop nothing\n" + sql + ";", false))
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table t (a text not null); create index t_a on t (a); alter table t add constraint c unique (a)",
                "alter table job add column owner text, add column n integer not null default 0",
                "alter table job add constraint c check (attempt > 0) not valid",
                "alter table job validate constraint c",
                "alter table outbox alter column value drop not null",
                "drop index concurrently if exists x; create index concurrently x on job (worker)",
                "insert into model_revision (revision) values (1)",
                "/* drop table job; */ create table t (a text)"
            })
    void compatibleMigrationsAreAccepted(String sql) {
        assertThat(MigrationRules.violations(sql, false)).isEmpty();
    }

    @Test
    void aConcurrentIndexIsNotCreatedInATransaction() {
        assertThat(MigrationRules.violations(
                        "drop index concurrently if exists x; create index concurrently x on job (worker)", true))
                .isNotEmpty();
    }
}
