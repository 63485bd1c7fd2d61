package dev.trainyard.standalone;

import java.util.List;
import sun.misc.Signal;

/** Turns Ctrl-C and SIGTERM into an interrupt of the thread that installed it, which then stops everything. */
public final class TerminationSignal {
    private final Thread main = Thread.currentThread();
    private volatile boolean received;

    private TerminationSignal() {}

    /** From now on signals interrupt the calling thread. */
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
