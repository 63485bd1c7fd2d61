package dev.trainyard.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerEnvironmentsTest {
    @TempDir
    Path home;

    private Path environment;

    @BeforeEach
    void pinAPackage() throws IOException {
        environment = Files.createDirectories(home.resolve(".trainyard/peers/jax"));
        Files.writeString(
                Files.createDirectories(home.resolve("benchmarks/peers")).resolve("jax.txt"), "jax==0.10.2\n");
    }

    @Test
    void anEnvironmentWithTheSamePackagesIsKept() throws Exception {
        Files.writeString(environment.resolve("installed.txt"), "jax==0.10.2\n");

        ProcessBuilder python = new PeerEnvironments(home, "no-such-program").python("jax", List.of("train_jax.py"));

        assertThat(python.command())
                .containsExactly(environment.resolve("bin/python").toString(), "train_jax.py");
    }

    @Test
    void anEnvironmentWithOtherPackagesIsMadeAgain() throws Exception {
        Files.writeString(environment.resolve("installed.txt"), "jax==0.9\n");

        assertThatThrownBy(() -> new PeerEnvironments(home, "no-such-program").python("jax", List.of()))
                .isInstanceOf(PeerUnavailableException.class)
                .hasMessageContaining("need no-such-program (3.11 or later) with its module venv");
    }
}
