package dev.trainyard.benchmarks.peers;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** Ends a process with the workers that it has started. */
final class ProcessTree {
    private static final int STOP_SECONDS = 20;

    private ProcessTree() {}

    static void stop(Process process) {
        List<ProcessHandle> workers = process.descendants().toList();
        // not Process.destroy, which closes the streams of threads that still read
        ProcessHandle handle = process.toHandle();
        handle.destroy();
        try {
            process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        handle.destroyForcibly();
        workers.forEach(ProcessHandle::destroyForcibly);
    }
}
