package dev.trainyard.system;

import dev.trainyard.standalone.process.Signals;
import java.io.IOException;

/** A process that hangs, by SIGSTOP, until this is closed. */
final class Frozen implements AutoCloseable {
    private final ProcessHandle process;

    private Frozen(ProcessHandle process) {
        this.process = process;
    }

    static Frozen of(ProcessHandle process) throws IOException {
        Signals.send("STOP", process);
        return new Frozen(process);
    }

    @Override
    public void close() throws IOException {
        Signals.send("CONT", process);
    }
}
