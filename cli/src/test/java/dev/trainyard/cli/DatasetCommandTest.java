package dev.trainyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DatasetCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void convertsAndSaysWhatCameOut() {
        assertThat(run(
                        "dataset",
                        "convert",
                        "../data/mnist.npz",
                        folder.resolve("out").toString()))
                .isZero();
        assertThat(out.toString()).contains("60,000 training and 10,000 test images");
        assertThat(folder.resolve("out/dataset.json")).exists();
    }

    @Test
    void aDamagedArchiveIsOneClearSentenceAndNotZero() throws Exception {
        Path bad = Files.writeString(folder.resolve("bad.npz"), "no archive");
        assertThat(run(
                        "dataset",
                        "convert",
                        bad.toString(),
                        folder.resolve("out").toString()))
                .isNotZero();
        assertThat(err.toString().strip()).contains("bad.npz").hasLineCount(1);
    }

    @Test
    void aCommandThatIsNotThereShowsTheUsage() {
        assertThat(run("datset")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("datset").contains("dataset");
    }

    private int run(String... args) {
        return Main.commands()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
