package dev.trainyard.standalone;

import java.util.List;
import sun.misc.Signal;

/** Turns Ctrl-C and SIGTERM into an interrupt of the thread that installed it, which then stops everything. */
public final class StopSignal {
    private final Thread main = Thread.currentThread();
    private volatile boolean asked;

    private StopSignal() {}

    /** From now on signals interrupt the calling thread. */
    public static StopSignal install() {
        StopSignal stop = new StopSignal();
        for (String name : List.of("INT", "TERM", "HUP")) {
            Signal.handle(new Signal(name), signal -> stop.ask());
        }
        return stop;
    }

    boolean asked() {
        return asked;
    }

    private void ask() {
        if (!asked) {
            asked = true;
            System.out.println("Stopping.");
            main.interrupt();
        }
    }
}
