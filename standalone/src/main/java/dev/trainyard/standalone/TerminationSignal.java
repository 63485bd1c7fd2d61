package dev.trainyard.standalone;

import java.util.List;
import sun.misc.Signal;

/** Turns Ctrl-C, SIGTERM and SIGHUP into an interrupt of the installing thread, which then stops the platform. */
public final class TerminationSignal {
    private final Thread main = Thread.currentThread();
    private volatile boolean received;

    private TerminationSignal() {}

    /** Signals interrupt the calling thread from now on. */
    public static TerminationSignal install() {
        TerminationSignal termination = new TerminationSignal();
        for (String name : List.of("INT", "TERM", "HUP")) {
            Signal.handle(new Signal(name), signal -> termination.receive());
        }
        return termination;
    }

    boolean isReceived() {
        return received;
    }

    private void receive() {
        if (!received) {
            received = true;
            System.out.println("Stopping.");
            main.interrupt();
        }
    }
}
