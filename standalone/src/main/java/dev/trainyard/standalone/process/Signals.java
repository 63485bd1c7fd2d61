package dev.trainyard.standalone.process;

import java.io.IOException;
import java.util.List;

/** Sends signals that Java has no method for. */
public final class Signals {
    private Signals() {}

    /** Sends {@code signal}, such as {@code INT}, if the process is alive. */
    public static void send(String signal, ProcessHandle process) throws IOException {
        if (process.isAlive()) {
            SystemCommand.run(List.of("sh", "-c", "kill -" + signal + " " + process.pid()));
        }
    }
}
