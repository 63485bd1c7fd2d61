package dev.trainyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CdsWarmupTest {
    /** A failing command would load fewer classes, and the launcher script discards its error. */
    @Test
    void onlyTheUnknownCommandFails() throws Exception {
        Process rehearsal = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.trainyard.cli.CdsWarmup")
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        String errors = new String(rehearsal.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(rehearsal.waitFor()).as(errors).isZero();
        assertThat(errors.lines().filter(line -> line.startsWith("error: ")))
                .singleElement()
                .asString()
                .contains("no-such-command");
    }
}
