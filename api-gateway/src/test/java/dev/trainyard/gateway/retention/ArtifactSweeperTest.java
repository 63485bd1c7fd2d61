package dev.trainyard.gateway.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.StoredFiles;
import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.gateway.jobs.RequiredJobFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deleted and kept files of the artifact store by the state of their jobs. */
class ArtifactSweeperTest {
    private static final Duration YOUNG = Duration.ofHours(1);
    private static final RequiredJobFiles.Limits LIMITS =
            new RequiredJobFiles.Limits(Duration.ofHours(1), Duration.ofDays(7), 2);

    @TempDir
    Path folder;

    private final Jdbi jdbi = TestDatabase.create();

    private ArtifactSweeper sweep() {
        return new ArtifactSweeper(
                new StoredFiles(folder), new RequiredJobFiles(jdbi, LIMITS), YOUNG, Duration.ofDays(7));
    }

    @Test
    void aSucceededJobKeepsTheFilesOfItsModel() throws Exception {
        UUID job = job("success", 1, Duration.ofHours(2));
        UUID token = UUID.randomUUID();
        for (int epoch = 1; epoch <= 3; epoch++) {
            checkpoint(job, 1, token, epoch);
        }
        String model = write(ArtifactPaths.model(job, 1, token));
        String metadata = write(ArtifactPaths.metadata(job, 1, token));
        String variant = write(ArtifactPaths.variant(job, 1, token, "int8"));
        String mistakes = write(ArtifactPaths.mistakes(job, 1, token));
        write(ArtifactPaths.model(job, 1, UUID.randomUUID())); // of a run that was lost
        publish(job, model, variant, mistakes);

        assertThat(sweep().deleteJobFiles()).isEqualTo(4);

        assertThat(present()).containsExactlyInAnyOrder(model, metadata, variant, mistakes);
        assertThat(sweep().deleteJobFiles()).isZero();
    }

    @Test
    void aCancelledJobsFilesAreDeletedAfterAWhile() throws Exception {
        UUID fresh = job("cancelled", 1, Duration.ofMinutes(30));
        UUID token = UUID.randomUUID();
        checkpoint(fresh, 1, token, 1);
        UUID old = job("cancelled", 1, Duration.ofHours(2));
        checkpoint(old, 1, token, 1);

        assertThat(sweep().deleteJobFiles()).isOne();

        assertThat(present()).containsExactly(ArtifactPaths.checkpoint(fresh, 1, token, 1));
        assertThat(folder.resolve("jobs/" + old)).doesNotExist();
    }

    @Test
    void aFailedJobKeepsItsNewestCheckpointsWhileItMayBeRetried() throws Exception {
        UUID job = job("failed", 2, Duration.ofDays(6));
        UUID token = UUID.randomUUID();
        for (int epoch = 1; epoch <= 4; epoch++) {
            checkpoint(job, 1, token, epoch);
        }
        String partial = write(ArtifactPaths.partialCheckpoint(job, 2, token, 4));
        jdbi.useHandle(handle -> handle.execute(
                "update job set partial_checkpoint = jsonb_build_object('epoch', 4, 'artifact', "
                        + "jsonb_build_object('path', cast(? as text))) where key = ?",
                partial,
                job));

        assertThat(sweep().deleteJobFiles()).isEqualTo(2);
        assertThat(checkpoints(job)).as("what a retry is sent to").isEqualTo(3);
        assertThat(present())
                .containsExactlyInAnyOrder(
                        ArtifactPaths.checkpoint(job, 1, token, 3),
                        ArtifactPaths.checkpoint(job, 1, token, 4),
                        partial);

        end(job, "failed", Duration.ofDays(8));
        assertThat(sweep().deleteJobFiles()).isEqualTo(3);
        assertThat(present()).isEmpty();
        assertThat(checkpoints(job)).as("a retry starts from zero").isZero();
    }

    @Test
    void anUnfinishedJobKeepsItsNewestCheckpointsAndAllFilesOfTheCurrentAttempt() throws Exception {
        for (String status : List.of("queued", "paused", "training_in_progress")) {
            UUID job = job(status, 2, null);
            UUID first = UUID.randomUUID();
            UUID second = UUID.randomUUID();
            for (int epoch = 1; epoch <= 4; epoch++) {
                checkpoint(job, 1, first, epoch);
            }
            String untold = write(ArtifactPaths.checkpoint(job, 2, second, 5)); // its event is still on its way

            assertThat(sweep().deleteJobFiles()).as(status).isEqualTo(2);

            assertThat(present())
                    .as(status)
                    .contains(
                            ArtifactPaths.checkpoint(job, 1, first, 3),
                            ArtifactPaths.checkpoint(job, 1, first, 4),
                            untold);
        }
    }

    @Test
    void recentFilesAreAlwaysKept() throws Exception {
        UUID job = job("cancelled", 1, Duration.ofHours(2));
        String file = write(ArtifactPaths.model(job, 1, UUID.randomUUID()));
        age(file, Duration.ofMinutes(59));
        assertThat(sweep().deleteJobFiles()).isZero();
        assertThat(present()).containsExactly(file);
    }

    @Test
    void filesOfALostRunOfADeletedJobAreDeletedLater() throws Exception {
        String file = write(ArtifactPaths.model(UUID.randomUUID(), 1, UUID.randomUUID()));
        age(file, Duration.ofDays(6));
        assertThat(sweep().deleteJobFiles()).isZero();
        age(file, Duration.ofDays(8));
        assertThat(sweep().deleteJobFiles()).isOne();
        assertThat(folder.resolve("jobs")).isEmptyDirectory();
    }

    @Test
    void anUploadIsDeletedWithItsLastImport() throws Exception {
        UUID job = job("queued", 1, null);
        jdbi.useHandle(handle -> handle.execute(
                "update job set config = '{\"network\": \"imported\", \"source\": {\"file\": {\"sha256\": \"aa\"}, "
                        + "\"reference\": {\"sha256\": \"bb\"}}}' where key = ?",
                job));
        write("uploads/aa");
        write("uploads/bb");
        write("uploads/cc");
        assertThat(sweep().deleteUploads()).isOne();
        assertThat(present()).containsExactlyInAnyOrder("uploads/aa", "uploads/bb");

        end(job, "success", Duration.ofHours(2));
        publish(job, "jobs/x/model.onnx", null, null);
        assertThat(sweep().deleteUploads()).as("it may be verified").isZero();
        jdbi.useHandle(handle -> handle.execute("update model_version set deleted_at = now()"));
        assertThat(sweep().deleteUploads()).isEqualTo(2);
    }

    @Test
    void aFileWrittenAgainAfterItWasListedIsKept() throws Exception {
        write("uploads/aa");
        write("uploads/bb");
        StoredFiles store = new StoredFiles(folder);
        List<StoredFiles.Stored> listed = store.files("uploads");
        age("uploads/aa", Duration.ZERO);
        for (StoredFiles.Stored file : listed) {
            assertThat(store.delete(file)).isEqualTo(file.path().equals("uploads/bb"));
            assertThat(store.delete(file)).isFalse();
        }
        assertThat(present()).containsExactly("uploads/aa");
    }

    @Test
    void temporaryFilesOfAKilledWriterAreDeleted() throws Exception {
        write("tmp/model.onnx.1.tmp");
        age(write("tmp/model.onnx.2.tmp"), Duration.ofMinutes(1));
        assertThat(sweep().deleteTemporaryFiles()).isOne();
        assertThat(present()).containsExactly("tmp/model.onnx.2.tmp");
    }

    private UUID job(String status, int attempt, Duration endedAgo) {
        UUID key = UUID.randomUUID();
        jdbi.useHandle(handle -> handle.execute(
                "insert into job (key, status, attempt, config, epochs, token, ended_at) "
                        + "values (?, 'queued', ?, '{\"network\": \"mlp\"}', 4, null, null)",
                key,
                attempt));
        if (endedAgo != null) {
            end(key, status, endedAgo);
        } else {
            jdbi.useHandle(handle -> handle.execute(
                    "update job set status = cast(? as text), token = case when cast(? as text) = 'training_in_progress' "
                            + "then gen_random_uuid() end where key = ?",
                    status,
                    status,
                    key));
        }
        return key;
    }

    private void end(UUID job, String status, Duration ago) {
        jdbi.useHandle(handle -> handle.execute(
                "update job set status = ?, token = null, ended_at = now() - ? * interval '1 s' where key = ?",
                status,
                ago.toSeconds(),
                job));
    }

    private void checkpoint(UUID job, int attempt, UUID token, int epoch) throws IOException {
        String path = write(ArtifactPaths.checkpoint(job, attempt, token, epoch));
        jdbi.useHandle(handle -> handle.execute(
                "insert into job_epoch (job_key, epoch, attempt, train_loss, train_accuracy, seconds, checkpoint) "
                        + "values (?, ?, ?, 0, 0, 0, jsonb_build_object('path', cast(? as text)))",
                job,
                epoch,
                attempt,
                path));
    }

    private int checkpoints(UUID job) {
        return jdbi.withHandle(handle -> handle.select(
                        "select (select count(checkpoint) from job_epoch where job_key = job.key) "
                                + "+ (partial_checkpoint is not null)::int from job where key = ?",
                        job)
                .mapTo(Integer.class)
                .one());
    }

    private void publish(UUID job, String onnx, String variant, String mistakes) {
        jdbi.useHandle(handle -> handle.execute(
                "insert into model_version (name, version, job_key, onnx, metadata, test_accuracy) values ('M', "
                        + "(select count(*) + 1 from model_version), ?, jsonb_build_object('path', cast(? as text)), "
                        + "jsonb_build_object('variants', jsonb_build_object('served', jsonb_build_object('path', "
                        + "cast(? as text))), 'confusion', jsonb_build_object('pictures', "
                        + "jsonb_build_object('path', cast(? as text)))), 1)",
                job,
                onnx,
                variant,
                mistakes));
    }

    /** A file of ten days ago. */
    private String write(String path) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[] {1});
        age(path, Duration.ofDays(10));
        return path;
    }

    private void age(String path, Duration age) throws IOException {
        Files.setLastModifiedTime(
                folder.resolve(path), FileTime.from(Instant.now().minus(age)));
    }

    private List<String> present() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .toList();
        }
    }
}
