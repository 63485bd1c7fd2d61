package dev.trainyard.system;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Keeps every core busy with processes at normal priority until it is closed or a limit is reached. */
final class CpuLoad implements AutoCloseable {
    private final List<Process> processes = new ArrayList<>();

    /**
     * @param perCore processes per core, each in a session of its own, so that Linux gives each its own share of CPU
     *     time
     * @param limit after which the processes exit by themselves
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
