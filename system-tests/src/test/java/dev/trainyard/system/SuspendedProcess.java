package dev.trainyard.system;

import dev.trainyard.standalone.process.Signals;
import java.io.IOException;

/** Suspends a process with SIGSTOP until this is closed. */
final class SuspendedProcess implements AutoCloseable {
    private final ProcessHandle process;

    private SuspendedProcess(ProcessHandle process) {
        this.process = process;
    }

    static SuspendedProcess of(ProcessHandle process) throws IOException {
        Signals.send("STOP", process);
        return new SuspendedProcess(process);
    }

    @Override
    public void close() throws IOException {
        Signals.send("CONT", process);
    }
}
