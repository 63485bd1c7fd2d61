package dev.trainyard.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LowPriorityTest {
    @Test
    void theProcessIsNicerThanOthersAndItsArgumentsArriveWhole() throws Exception {
        assumeThat(Path.of("/usr/bin/nice")).exists();
        List<String> command = List.of("/bin/sh", "-c", "nice; echo \"$1\"", "sh", "two words, \"quoted\" $HOME");

        Process process = new ProcessBuilder(LowPriority.of(command)).start();

        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String own =
                new String(new ProcessBuilder("nice").start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int expected = Math.min(19, Integer.parseInt(own.strip()) + 10);
        assertThat(said).isEqualTo(expected + "\ntwo words, \"quoted\" $HOME\n");
        assertThat(process.waitFor()).isZero();
        assertThat(process.getErrorStream().readAllBytes()).isEmpty();
    }
}
