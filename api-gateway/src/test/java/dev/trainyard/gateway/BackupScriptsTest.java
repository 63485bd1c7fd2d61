package dev.trainyard.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.runtime.Migrations;
import dev.trainyard.standalone.postgres.InstalledPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of deploy/backup, with PostgreSQL's own programs where they are installed. */
@Tag("full")
@EnabledIf("hasPrograms")
class BackupScriptsTest {
    private static final Path SCRIPTS = Path.of("../deploy/backup");
    private static InstalledPostgres server;

    @TempDir
    Path folder;

    private record Result(int status, String output) {}

    static boolean hasPrograms() {
        return InstalledPostgres.programs().isPresent();
    }

    @BeforeAll
    static void start() throws IOException {
        server = new InstalledPostgres(InstalledPostgres.programs().orElseThrow());
        Migrations.configure(Flyway.configure())
                .dataSource(server.jdbcUrl(), server.user(), server.password())
                .locations("classpath:db/migration")
                .load()
                .migrate();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Test
    void whatWasBackedUpIsRestored() throws Exception {
        Path artifacts = Files.createDirectory(folder.resolve("artifacts"));
        ArtifactRef model = new FileArtifactStore(artifacts).write("models/one/model.onnx", "a model".getBytes(UTF_8));
        Jdbi jdbi = jdbi("trainyard");
        jdbi.useHandle(handle -> {
            handle.execute("truncate job, model_version cascade");
            handle.execute("insert into project (name) values ('vision') on conflict do nothing");
            handle.execute(
                    "insert into model_version (name, version, onnx, metadata, test_accuracy) values ('DigitModel', 1, "
                            + "cast(? as jsonb), '{}', 0.9)",
                    "{\"path\":\"%s\",\"sha256\":\"%s\",\"size\":7}".formatted(model.path(), model.sha256()));
            handle.execute(
                    "insert into event_position (partition, next_offset, topic_id) values (0, 41, gen_random_uuid())"
                            + " on conflict do nothing");
        });

        Path backup = folder.resolve("backup");
        assertThat(run("backup.sh", server.url("trainyard"), artifacts, backup)).satisfies(this::succeeds);
        assertThat(backup).isDirectoryContaining(file -> file.endsWith("database.dump"));
        assertThat(run("backup.sh", server.url("trainyard"), artifacts, backup).output())
                .contains("exists; choose a folder that does not");

        assertThat(run("restore.sh", backup, server.url("trainyard"), artifacts).output())
                .contains("Restore into an empty one");

        jdbi.useHandle(handle -> handle.execute("create database restored"));
        Path copy = folder.resolve("copy");
        Result restored = run("restore.sh", backup, server.url("restored"), copy);
        assertThat(restored).satisfies(this::succeeds);
        assertThat(restored.output()).contains("1 model versions");
        assertThat(copy.resolve(model.path())).hasContent("a model");
        assertThat(contents(jdbi("restored"))).isEqualTo(contents(jdbi)).isNotEmpty();
        Flyway flyway = Migrations.configure(Flyway.configure())
                .dataSource(server.jdbcUrl().replace("/trainyard", "/restored"), server.user(), server.password())
                .locations("classpath:db/migration")
                .load();
        assertThat(flyway.migrate().migrationsExecuted).as("all are recorded").isZero();
    }

    @Test
    void aMissingOrDamagedModelFileFailsTheBackupAndTheRestore() throws Exception {
        Path artifacts = Files.createDirectory(folder.resolve("artifacts"));
        ArtifactRef model = new FileArtifactStore(artifacts).write("models/two/model.onnx", "a model".getBytes(UTF_8));
        jdbi("trainyard").useHandle(handle -> {
            handle.execute("truncate job, model_version cascade");
            handle.execute(
                    "insert into model_version (name, version, onnx, metadata, test_accuracy) values ('DigitModel', 1, "
                            + "cast(? as jsonb), '{}', 0.9)",
                    "{\"path\":\"%s\",\"sha256\":\"%s\",\"size\":7}".formatted(model.path(), model.sha256()));
        });
        Path good = folder.resolve("good");
        assertThat(run("backup.sh", server.url("trainyard"), artifacts, good)).satisfies(this::succeeds);

        Files.writeString(artifacts.resolve(model.path()), "another");
        Path bad = folder.resolve("bad");
        Result failed = run("backup.sh", server.url("trainyard"), artifacts, bad);
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.output()).contains("models/two/model.onnx", "lacks files of models, or they are damaged");
        assertThat(bad).doesNotExist();

        Files.writeString(good.resolve("artifacts").resolve(model.path()), "another");
        jdbi("trainyard").useHandle(handle -> handle.execute("create database empty"));
        Result refused = run("restore.sh", good, server.url("empty"), folder.resolve("copy"));
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.output()).contains("the backup is damaged", "Nothing was changed");
        assertThat(folder.resolve("copy")).doesNotExist();
    }

    private void succeeds(Result result) {
        assertThat(result.status()).as(result.output()).isZero();
    }

    private Result run(String script, Object... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 2];
        command[0] = "bash";
        command[1] = SCRIPTS.resolve(script).toString();
        for (int i = 0; i < arguments.length; i++) {
            command[i + 2] = arguments[i].toString();
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", server.password());
        builder.environment()
                .merge(
                        "PATH",
                        InstalledPostgres.programs()
                                .orElseThrow()
                                .resolve("bin")
                                .toString(),
                        (path, programs) -> programs + ":" + path);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Result(process.waitFor(), output);
    }

    private Jdbi jdbi(String database) {
        return Jdbi.create(server.jdbcUrl().replace("/trainyard", "/" + database), server.user(), server.password());
    }

    /** A checksum of each table's rows. */
    private static Map<String, String> contents(Jdbi jdbi) {
        Map<String, String> checksums = new TreeMap<>();
        jdbi.useHandle(
                handle -> handle.createQuery("select tablename from pg_tables where schemaname = 'public' order by 1")
                        .mapTo(String.class)
                        .forEach(table -> checksums.put(
                                table,
                                handle.createQuery(
                                                "select md5(coalesce(string_agg(cast(t as text), '|' order by cast(t as text)), '')) from "
                                                        + table + " t")
                                        .mapTo(String.class)
                                        .one())));
        return checksums;
    }
}
