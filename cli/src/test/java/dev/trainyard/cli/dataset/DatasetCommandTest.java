package dev.trainyard.cli.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.cli.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetCommandTest {
    @TempDir
    Path folder;

    @Test
    void convertsListsShowsAndChecks() throws Exception {
        String out = folder.resolve("out").toString();
        CommandLineRun run = CommandLineRun.of("dataset", "convert", "../data/mnist.npz", out);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("60,000 training and 10,000 test images");
        assertThat(folder.resolve("out/dataset.json")).exists();

        assertThat(CommandLineRun.of("dataset", "ls", folder.toString()).out())
                .containsPattern("out +\\S+ +60,000 +10,000");
        assertThat(CommandLineRun.of("dataset", "show", out, "--check").out())
                .contains("all records and shards are intact");

        damage(folder.resolve("out"));
        CommandLineRun damaged = CommandLineRun.of("dataset", "show", out, "--check");
        assertThat(damaged.exitCode()).isEqualTo(1);
        assertThat(damaged.err()).contains(".tfrecord").contains("dataset convert");
    }

    private static void damage(Path dataset) throws IOException {
        try (Stream<Path> files = Files.list(dataset)) {
            Path shard = files.filter(file -> file.toString().endsWith(".tfrecord"))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(shard);
            bytes[bytes.length / 2] ^= 1;
            Files.write(shard, bytes);
        }
    }

    @Test
    void aDamagedArchiveIsAFailureWithAOneLineMessage() throws Exception {
        Path bad = Files.writeString(folder.resolve("bad.npz"), "no archive");
        CommandLineRun run = CommandLineRun.of(
                "dataset", "convert", bad.toString(), folder.resolve("out").toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err().strip()).contains("bad.npz").hasLineCount(1);
    }

    @Test
    void aMissingDatasetIsNotFound() {
        assertThat(CommandLineRun.of("dataset", "show", folder.toString()).exitCode())
                .isEqualTo(3);
        assertThat(CommandLineRun.of("dataset", "show", "none").exitCode()).isEqualTo(3);
        assertThat(CommandLineRun.of("dataset", "ls", folder.toString()).err()).contains("No datasets in");
    }
}
