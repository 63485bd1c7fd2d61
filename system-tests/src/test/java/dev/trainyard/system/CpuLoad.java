package dev.trainyard.system;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Processes that keep every core busy, at normal priority, until they are ended or at the latest after a limit. */
final class CpuLoad implements AutoCloseable {
    private final List<Process> processes = new ArrayList<>();

    /**
     * @param perCore processes for each core, each in a session of its own, so that none shares its part of a core
     * @param limit after which each ends by itself, whatever became of this test
     */
    CpuLoad(int perCore, Duration limit) throws IOException {
        int count = perCore * Runtime.getRuntime().availableProcessors();
        try {
            for (int i = 0; i < count; i++) {
                processes.add(new ProcessBuilder(
                                "setsid",
                                "bash",
                                "-c",
                                "while ((SECONDS < %d)); do :; done".formatted(limit.toSeconds()))
                        .start());
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    boolean isBusy() {
        return processes.stream().allMatch(Process::isAlive);
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
    }
}
