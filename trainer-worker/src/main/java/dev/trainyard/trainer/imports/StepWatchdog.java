package dev.trainyard.trainer.imports;

import ai.onnxruntime.OrtException;
import dev.trainyard.trainer.onnx.RejectedModelException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Limits each step of a check: the processor time of its thread, which does not depend on other load, and the memory
 * that it adds. A step that hangs in native code ends the process.
 */
final class StepWatchdog {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR_PEAK = Path.of("/proc/self/clear_refs");
    private static final long TICK_MILLIS = 20;
    /** Messages of ONNX Runtime for failed allocations; messages also contain node names, which are arbitrary. */
    private static final Pattern NO_MEMORY = Pattern.compile("Failed to allocate|bad_alloc|AllocateBuffer");

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Thread worker = Thread.currentThread();
    private final long memoryLimit;
    private final Consumer<String> hung;
    private final List<String> notes = new ArrayList<>();
    private volatile @Nullable Step current;

    private record Step(String what, long processorEnd, double seconds) {}

    /** The work of a step, mostly native code. */
    interface Work<T> {
        T run() throws RejectedModelException, OrtException;
    }

    /** @param hung receives the sentence that refuses the file, and ends the process */
    StepWatchdog(long memoryLimit, Consumer<String> hung) {
        this.memoryLimit = memoryLimit;
        this.hung = hung;
        Thread ticker = new Thread(this::watch, "watch");
        ticker.setDaemon(true);
        ticker.start();
    }

    /** Measurements that were not possible on this machine. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    /**
     * Runs one step, on the thread that created this watch.
     *
     * @param what name of the step, as the rest of a sentence that begins with "while"
     * @param seconds processor time that it may take
     * @throws RejectedModelException if it took too much
     */
    <T> T run(String what, double seconds, Work<T> work) throws RejectedModelException, OrtException {
        System.out.println(CheckMain.STEP + what);
        Optional<Long> before = restingMemory();
        Step step = new Step(what, processorNanos() + (long) (seconds * 1e9), seconds);
        current = step;
        try {
            return work.run();
        } catch (OrtException e) {
            if (NO_MEMORY.matcher(String.valueOf(e.getMessage())).find()) {
                throw new RejectedModelException(
                        "While %s the model needed more memory than allowed: %s Import a smaller one."
                                .formatted(what, e.getMessage()),
                        e);
            }
            throw e;
        } finally {
            current = null;
            if (processorNanos() > step.processorEnd()) {
                throw new RejectedModelException(tooSlow(step));
            }
            requireModest(what, before);
        }
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(TICK_MILLIS);
                Step step = current;
                if (step != null && processorNanos() > step.processorEnd()) {
                    hung.accept(tooSlow(step));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long processorNanos() {
        return threads.getThreadCpuTime(worker.getId());
    }

    private static String tooSlow(Step step) {
        return "While %s the model used more than %.1f s of processor time; import a smaller one."
                .formatted(step.what(), step.seconds());
    }

    /** Resets the peak and returns the memory in use; empty if the system does not allow that. */
    private Optional<Long> restingMemory() {
        try {
            Files.writeString(CLEAR_PEAK, "5", StandardOpenOption.WRITE);
            return Optional.of(memory("VmHWM:"));
        } catch (IOException e) {
            String note = "the memory of single runs is not measured, as %s cannot be written".formatted(CLEAR_PEAK);
            if (!notes.contains(note)) {
                notes.add(note);
            }
            return Optional.empty();
        }
    }

    private void requireModest(String what, Optional<Long> before) throws RejectedModelException {
        if (before.isEmpty()) {
            return;
        }
        long added;
        try {
            added = memory("VmHWM:") - before.get();
        } catch (IOException e) {
            throw new IllegalStateException("the process cannot read its own memory usage any more", e);
        }
        if (added > memoryLimit) {
            throw new RejectedModelException(
                    "While %s the model used %,d MB of memory; at most %,d are allowed. Import a smaller one."
                            .formatted(what, added >> 20, memoryLimit >> 20));
        }
    }

    private static long memory(String field) throws IOException {
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith(field)) {
                return Long.parseLong(
                                line.substring(field.length()).replace("kB", "").strip())
                        << 10;
            }
        }
        throw new IOException(STATUS + " has no " + field);
    }
}
