package dev.trainyard.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagedProcessTest {
    @TempDir
    Path folder;

    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private ManagedProcess process;
    private volatile boolean answering;

    @AfterEach
    void stop() {
        if (process != null) {
            process.stop();
        }
    }

    @Test
    void anExitedProcessIsRestartedAndItsPidFileUpdated() throws Exception {
        start("echo started; sleep 600", "TERM");
        long first = pid();
        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        assertThat(messages.poll(10, TimeUnit.SECONDS))
                .contains("sleeper ended with status 137; starting it again in 0.5 s");
        while (pid() == first) {
            Thread.onSpinWait();
        }
        assertThat(ProcessHandle.of(pid())).isPresent();
    }

    @Test
    void failedRestartsAreRepeated() throws Exception {
        start("sleep 600", "TERM");
        long first = pid();
        Path inTheWay = Files.createDirectory(folder.resolve("sleeper.pid.new"));
        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        assertThat(messages.poll(10, TimeUnit.SECONDS)).contains("ended with status 137");
        assertThat(messages.poll(10, TimeUnit.SECONDS))
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
        assertThat(messages).isEmpty();
    }

    @Test
    void aProcessThatIgnoresTheStopSignalIsKilled() throws Exception {
        start("trap '' TERM; echo deaf; while true; do sleep 0.1; done", "TERM");
        while (!Files.readString(folder.resolve("sleeper.log")).contains("deaf")) {
            Thread.onSpinWait();
        }
        ProcessHandle handle = ProcessHandle.of(pid()).orElseThrow();
        process.stop();
        assertThat(handle.isAlive()).isFalse();
        assertThat(messages.poll()).contains("was killed");
    }

    @Test
    void aProcessThatDoesNotAnswerYetIsStarting() throws Exception {
        start("sleep 600", "TERM");
        assertThat(process.awaitReady(Duration.ofMillis(300))).isFalse();
        assertThat(process.failedStarts()).isZero();
        answering = true;
        assertThat(process.awaitReady(Duration.ofMinutes(1))).isTrue();
    }

    @Test
    void aFailingProbeIsReportedOnceAndRepeated() throws Exception {
        AtomicInteger probes = new AtomicInteger();
        start(new ProcessSpec(
                "sleeper",
                List.of("sleep", "600"),
                Map.of(),
                () -> {
                    if (probes.incrementAndGet() < 3) {
                        throw new IllegalStateException("no more threads");
                    }
                    return true;
                },
                "TERM",
                Duration.ofSeconds(1)));
        assertThat(process.awaitReady(Duration.ofMinutes(1))).isTrue();
        assertThat(messages).singleElement().asString().contains("sleeper", "no more threads");
    }

    @Test
    void exitsBeforeTheFirstAnswerAreCounted() throws Exception {
        start("echo ERROR no database; test -e %s || exit 3; sleep 600".formatted(folder.resolve("mended")), "TERM");
        while (process.failedStarts() < 2) {
            Thread.onSpinWait();
        }
        assertThat(process.lastExit()).contains("status 3", folder + "/sleeper.log", "ERROR no database");
        Files.createFile(folder.resolve("mended"));
        answering = true;
        assertThat(process.awaitReady(Duration.ofMinutes(1))).isTrue();
        assertThat(process.failedStarts()).isZero();
    }

    @Test
    void priorityIsLoweredOnceReadyAndAfterEachRestart() throws Exception {
        assumeThat(Path.of("/usr/bin/renice")).exists();
        int own = LowPriority.niceness(Path.of("/proc/self"));
        start(spec("sleep 600", "TERM").withLowPriority());
        assertThat(process.awaitReady(Duration.ofMillis(300))).isFalse();
        assertThat(niceness()).isEqualTo(own);
        answering = true;
        while (niceness() == own) {
            Thread.onSpinWait();
        }
        assertThat(niceness()).isEqualTo(Math.min(19, own + LowPriority.NICENESS));

        answering = false;
        long first = pid();
        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        while (pid() == first) {
            Thread.onSpinWait();
        }
        assertThat(niceness()).isEqualTo(own);
        answering = true;
        while (niceness() == own) {
            Thread.onSpinWait();
        }
    }

    @Test
    void theLaunchersEnvironmentIsNotInherited() throws Exception {
        start("sleep 600", "TERM");
        String environment = Files.readString(Path.of("/proc/" + pid() + "/environ"), StandardCharsets.ISO_8859_1);
        assertThat(environment.split("\0"))
                .contains("MARK=1")
                .as("beside what bash adds")
                .allMatch(variable -> variable.matches("(MARK|PWD|OLDPWD|SHLVL|_)=.*"));
    }

    @Test
    void orphansAreStoppedAndProcessesWithAReusedPidAreNot() throws Exception {
        start("sleep 600", "TERM");
        ProcessHandle orphan = ProcessHandle.of(pid()).orElseThrow();
        Files.writeString(
                folder.resolve("stranger.pid"), ProcessHandle.current().pid() + "\n");
        Files.writeString(folder.resolve("garbage.pid"), "not a number");
        Files.writeString(folder.resolve("gone.pid"), "999999999");
        assertThat(OrphanedProcesses.end(folder, "MARK=1")).containsExactly("sleeper");
        assertThat(orphan.isAlive()).isFalse();
        assertThat(folder.toFile().list((dir, name) -> name.endsWith(".pid"))).isEmpty();
    }

    @Test
    void orphansAreFoundDuringAnExec() throws Exception {
        for (int i = 0; i < 100; i++) {
            ProcessBuilder builder = new ProcessBuilder("setsid", "bash", "-c", "exec sleep 600");
            builder.environment().clear();
            builder.environment().put("MARK", "1");
            Process orphan = builder.start();
            Files.writeString(folder.resolve("orphan.pid"), orphan.pid() + "\n");
            assertThat(OrphanedProcesses.end(folder, "MARK=1")).containsExactly("orphan");
        }
    }

    @Test
    void temporaryFilesAreDeletedBeforeARestart() throws Exception {
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
        start(spec(script, signal));
    }

    private void start(ProcessSpec spec) throws IOException {
        process = new ManagedProcess(spec, folder, folder, messages::add);
        process.start();
    }

    private ProcessSpec spec(String script, String signal) {
        return new ProcessSpec(
                "sleeper",
                List.of("bash", "-c", script),
                Map.of("MARK", "1"),
                () -> answering,
                signal,
                Duration.ofSeconds(1));
    }

    private int niceness() throws IOException {
        return LowPriority.niceness(Path.of("/proc/" + pid()));
    }

    private long pid() throws IOException {
        return Long.parseLong(Files.readString(folder.resolve("sleeper.pid")).strip());
    }
}
