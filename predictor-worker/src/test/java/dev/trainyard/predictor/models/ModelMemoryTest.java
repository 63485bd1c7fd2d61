package dev.trainyard.predictor.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory allocated and freed by sessions of ONNX Runtime, measured by the operating system. */
class ModelMemoryTest {
    @TempDir
    Path dir;

    /** Runs in a separate process whose heap is committed from the start, so that only native memory can grow. */
    @Test
    void aThousandLoadsAndUnloadsGrowMemoryByLessThanTwoPercent() throws Exception {
        assumeThat(LoadUnloadMemoryProbe.STATUS)
                .as("resident memory is read there")
                .exists();
        Path output = dir.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms64m",
                        "-Xmx64m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1", // so that no compiler still grows when it is measured
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoadUnloadMemoryProbe.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        assertThat(process.waitFor()).as(() -> said(output).toString()).isZero();

        String result = said(output).get(said(output).size() - 1);
        System.out.println(result);
        String[] figures = result.split(" ");
        assertThat(Double.parseDouble(figures[figures.length - 1])).as(result).isLessThan(2);
    }

    private static List<String> said(Path output) {
        try {
            return Files.readAllLines(output);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
