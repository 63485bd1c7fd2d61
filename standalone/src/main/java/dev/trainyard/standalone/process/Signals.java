package dev.trainyard.standalone.process;

import java.io.IOException;

/** Sends signals that Java has no method for. */
public final class Signals {
    private Signals() {}

    /** Sends {@code signal}, such as {@code INT}, unless the process is gone. */
    public static void send(String signal, ProcessHandle process) throws IOException {
        if (!process.isAlive()) {
            return;
        }
        try {
            new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
