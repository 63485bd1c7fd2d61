package dev.trainyard.standalone.process;

import dev.trainyard.artifact.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A process that is restarted whenever it exits without a request to stop. */
public final class ManagedProcess {
    /** Readiness can only be polled. */
    private static final Duration POLL = Duration.ofMillis(100);

    private final ProcessSpec spec;
    private final Path log;
    private final Path pidFile;
    private final Path scratch;
    private final Consumer<String> messages;
    private final BackOff backOff = new BackOff();
    private final Thread watcher;
    private final Thread prober;

    @SuppressWarnings("NullAway.Init") // set by launch
    private Process process;

    private boolean stopping;
    /** True if the current process has answered its probe. */
    private boolean ready;
    /** Consecutive exits before the first answer. */
    private int failedStarts;

    private int lastStatus;
    /** Used by the probing thread only. */
    private boolean probeFailing;

    /** @param messages receives restarts and errors, in one line each */
    public ManagedProcess(ProcessSpec spec, Path logs, Path run, Consumer<String> messages) {
        this.spec = spec;
        this.log = logs.resolve(spec.name() + ".log");
        this.pidFile = run.resolve(spec.name() + ".pid");
        this.scratch = scratch(run, spec.name());
        this.messages = messages;
        this.watcher = new Thread(this::watch, "watch-" + spec.name());
        watcher.setDaemon(true);
        this.prober = new Thread(this::probe, "probe-" + spec.name());
        prober.setDaemon(true);
    }

    /** Folder for temporary files of the process; emptied before each start. */
    public static Path scratch(Path run, String name) {
        return run.resolve("tmp").resolve(name);
    }

    public String name() {
        return spec.name();
    }

    public Path log() {
        return log;
    }

    public void start() throws IOException {
        launch();
        watcher.start();
        prober.start();
    }

    /** Waits up to {@code atMost}; returns true if the process is ready. */
    public synchronized boolean awaitReady(Duration atMost) throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        while (!ready && System.nanoTime() < until) {
            TimeUnit.NANOSECONDS.timedWait(this, until - System.nanoTime());
        }
        return ready;
    }

    public synchronized boolean isReady() {
        return ready;
    }

    /** Number of consecutive exits before the first answer; 0 once the process has answered. */
    public synchronized int failedStarts() {
        return failedStarts;
    }

    /** Describes the last exit, with the last error line of the log. */
    public synchronized String lastExit() {
        return "ended with status %d; its log is %s and says: %s".formatted(lastStatus, log, LogTail.of(log));
    }

    private void probe() {
        try {
            for (Process starting = nextStarting(); starting != null; starting = nextStarting()) {
                if (!answers()) {
                    Thread.sleep(POLL.toMillis());
                } else if (becameReady(starting) && spec.lowPriority()) {
                    lowerPriority(starting);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * A failing probe counts as no answer. An exception must not end the thread, or the process would never become
     * ready.
     */
    private boolean answers() {
        try {
            boolean answers = spec.ready().getAsBoolean();
            probeFailing = false;
            return answers;
        } catch (RuntimeException e) {
            if (!probeFailing) {
                messages.accept("The readiness probe of %s fails: %s".formatted(spec.name(), e));
            }
            probeFailing = true;
            return false;
        }
    }

    /** Returns the next running process that is not ready yet; null after {@link #stop}. */
    private synchronized @Nullable Process nextStarting() throws InterruptedException {
        while (!stopping && (ready || !process.isAlive())) {
            wait();
        }
        return stopping ? null : process;
    }

    private synchronized boolean becameReady(Process starting) {
        if (process != starting || !starting.isAlive()) {
            return false;
        }
        ready = true;
        failedStarts = 0;
        notifyAll();
        return true;
    }

    private void lowerPriority(Process running) {
        try {
            LowPriority.set(running.toHandle());
        } catch (IOException | RuntimeException e) {
            if (running.isAlive()) {
                messages.accept("%s runs at normal priority: %s".formatted(spec.name(), e));
            }
        }
    }

    /** Stops the process for good, by force after its limit, and waits for its exit. */
    public void stop() {
        Process current;
        synchronized (this) {
            stopping = true;
            notifyAll();
            current = process;
        }
        try {
            if (current != null) {
                end(current.toHandle());
                Files.deleteIfExists(pidFile);
            }
        } catch (IOException e) {
            messages.accept("%s could not be stopped cleanly: %s".formatted(spec.name(), e.getMessage()));
        }
    }

    private void end(ProcessHandle handle) throws IOException {
        Signals.send(spec.stopSignal(), handle);
        if (!OrphanedProcesses.endedWithin(handle, spec.stopLimit())) {
            messages.accept("%s did not stop in %d s and was killed"
                    .formatted(spec.name(), spec.stopLimit().toSeconds()));
            handle.destroyForcibly();
            OrphanedProcesses.endedWithin(handle, spec.stopLimit());
        }
    }

    private synchronized void launch() throws IOException {
        if (stopping) {
            return;
        }
        emptyScratch();
        ProcessBuilder builder = new ProcessBuilder(inOwnSession(spec.command()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().clear();
        builder.environment().putAll(spec.environment());
        Process started = builder.start();
        try {
            started.getOutputStream().close();
            writePid(started.pid());
        } catch (IOException e) {
            started.destroyForcibly(); // without a pid file the process could not be found and would be left running
            throw e;
        }
        process = started;
        ready = false;
        notifyAll();
    }

    /** Deletes what a killed process left, such as unpacked native libraries. */
    private void emptyScratch() throws IOException {
        try {
            FileTree.delete(scratch);
        } catch (IOException e) {
            messages.accept("Temporary files of %s could not be deleted: %s".formatted(spec.name(), e));
        }
        Files.createDirectories(scratch);
    }

    private void writePid(long pid) throws IOException {
        // written atomically, so that readers see the old or the new pid
        Path temp = pidFile.resolveSibling(spec.name() + ".pid.new");
        Files.writeString(temp, pid + "\n");
        Files.move(temp, pidFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Keeps Ctrl-C in a terminal away from the process; the launcher stops the processes in order. */
    private static List<String> inOwnSession(List<String> command) {
        if (!Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            return command;
        }
        List<String> wrapped = new ArrayList<>(List.of("/usr/bin/setsid"));
        wrapped.addAll(command);
        return wrapped;
    }

    private void watch() {
        try {
            while (true) {
                long started = System.nanoTime();
                int status = current().waitFor();
                Duration lived = Duration.ofNanos(System.nanoTime() - started);
                if (!relaunch(status, lived)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Process current() {
        return process;
    }

    private synchronized boolean relaunch(int status, Duration lived) throws InterruptedException {
        failedStarts += ready || stopping ? 0 : 1;
        ready = false;
        lastStatus = status;
        notifyAll();
        String reason = "ended with status " + status;
        Duration good = lived;
        while (!stopping) {
            pause(reason, backOff.after(good));
            try {
                launch();
                break;
            } catch (IOException e) {
                reason = "could not be started again: " + e.getMessage(); // for example a full disk, which may last
                good = Duration.ZERO;
            }
        }
        return !stopping;
    }

    private void pause(String reason, Duration pause) throws InterruptedException {
        messages.accept("%s %s; starting it again in %.1f s (%s)"
                .formatted(spec.name(), reason, pause.toMillis() / 1000.0, log));
        long until = System.nanoTime() + pause.toNanos();
        while (!stopping && System.nanoTime() < until) {
            TimeUnit.NANOSECONDS.timedWait(this, until - System.nanoTime());
        }
    }
}
