package dev.trainyard.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagedProcessTest {
    @TempDir
    Path folder;

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private ManagedProcess process;

    @AfterEach
    void stop() {
        process.stop();
    }

    @Test
    void aProcessThatEndsIsStartedAgainAndItsPidFileFollows() throws Exception {
        start("echo started; sleep 600", "TERM");
        long first = pid();
        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        assertThat(told.poll(10, TimeUnit.SECONDS))
                .contains("sleeper ended with status 137; starting it again in 0.5 s");
        while (pid() == first) {
            Thread.onSpinWait();
        }
        assertThat(ProcessHandle.of(pid())).isPresent();
    }

    @Test
    void aProcessThatCouldNotBeStartedAgainIsTriedUntilItCan() throws Exception {
        start("sleep 600", "TERM");
        long first = pid();
        Path inTheWay = Files.createDirectory(folder.resolve("sleeper.pid.new"));
        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        assertThat(told.poll(10, TimeUnit.SECONDS)).contains("ended with status 137");
        assertThat(told.poll(10, TimeUnit.SECONDS))
                .contains("could not be started again", "starting it again in 1.0 s");
        Files.delete(inTheWay);
        while (pid() == first) {
            Thread.onSpinWait();
        }
        assertThat(ProcessHandle.of(pid())).isPresent();
    }

    @Test
    void aStoppedProcessStaysStopped() throws Exception {
        start("sleep 600", "TERM");
        ProcessHandle handle = ProcessHandle.of(pid()).orElseThrow();
        process.stop();
        assertThat(handle.isAlive()).isFalse();
        assertThat(folder.resolve("sleeper.pid")).doesNotExist();
        assertThat(told).isEmpty();
    }

    @Test
    void whoeverDoesNotListenIsKilled() throws Exception {
        start("trap '' TERM; echo deaf; while true; do sleep 0.1; done", "TERM");
        while (!Files.readString(folder.resolve("sleeper.log")).contains("deaf")) {
            Thread.onSpinWait();
        }
        ProcessHandle handle = ProcessHandle.of(pid()).orElseThrow();
        process.stop();
        assertThat(handle.isAlive()).isFalse();
        assertThat(told.poll()).contains("was killed");
    }

    @Test
    void whatNeverBecomesReadyIsNamedWithWhatItsLogSays() throws Exception {
        start("echo fine; echo ERROR no database; sleep 600", "TERM");
        assertThatThrownBy(() -> process.awaitReady(Duration.ofMillis(500)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("sleeper did not become ready")
                .hasMessageContaining("ERROR no database");
    }

    @Test
    void anOrphanIsEndedAndAStrangerWithItsPidIsSpared() throws Exception {
        start("sleep 600", "TERM");
        ProcessHandle orphan = ProcessHandle.of(pid()).orElseThrow();
        Files.writeString(
                folder.resolve("stranger.pid"), ProcessHandle.current().pid() + "\n");
        Files.writeString(folder.resolve("garbage.pid"), "not a number");
        Files.writeString(folder.resolve("gone.pid"), "999999999");
        assertThat(Orphans.end(folder, "MARK=1")).containsExactly("sleeper");
        assertThat(orphan.isAlive()).isFalse();
        assertThat(folder.toFile().list((dir, name) -> name.endsWith(".pid"))).isEmpty();
    }

    @Test
    void whatAKilledProcessLeftIsDeletedBeforeItsNextStart() throws Exception {
        start("sleep 600", "TERM");
        long first = pid();
        Path scratch = ManagedProcess.scratch(folder, "sleeper");
        Files.createDirectory(scratch.resolve("native"));
        Files.writeString(scratch.resolve("native/library.so"), "x");
        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        while (pid() == first) {
            Thread.onSpinWait();
        }
        assertThat(scratch).isEmptyDirectory();
    }

    private void start(String script, String signal) throws IOException {
        ProcessSpec spec = new ProcessSpec(
                "sleeper",
                List.of("bash", "-c", script),
                Map.of("MARK", "1"),
                () -> false,
                signal,
                Duration.ofSeconds(1));
        process = new ManagedProcess(spec, folder, folder, told::add);
        process.start();
    }

    private long pid() throws IOException {
        return Long.parseLong(Files.readString(folder.resolve("sleeper.pid")).strip());
    }
}
