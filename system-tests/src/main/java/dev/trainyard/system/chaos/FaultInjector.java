package dev.trainyard.system.chaos;

import dev.trainyard.standalone.process.Signals;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Kills and freezes processes of a platform, found by their pid files, and records each fault. */
public final class FaultInjector {
    private final Path run;
    private final Consumer<Fault> listener;
    private final List<Fault> injected = new ArrayList<>();

    /** @param run folder of the pid files */
    public FaultInjector(Path run) {
        this(run, fault -> {});
    }

    /** @param listener called for each fault */
    FaultInjector(Path run, Consumer<Fault> listener) {
        this.run = run;
        this.listener = listener;
    }

    /**
     * A fault of kind {@code kill} or {@code freeze}.
     *
     * @param length duration of a freeze; zero for a kill
     */
    public record Fault(String process, String kind, Instant at, Duration length) {}

    /** Like {@code kill -9}; returns false if the process does not run. */
    public boolean kill(String name) throws IOException {
        Optional<ProcessHandle> process = process(name);
        process.ifPresent(FaultInjector::killAndWait);
        process.ifPresent(handle -> record(name, "kill", Duration.ZERO));
        return process.isPresent();
    }

    /** Sends SIGSTOP, and SIGCONT to the same process after {@code millis}. */
    public boolean freeze(String name, long millis) throws IOException, InterruptedException {
        Optional<ProcessHandle> process = process(name);
        if (process.isEmpty()) {
            return false;
        }
        record(name, "freeze", Duration.ofMillis(millis));
        Signals.send("STOP", process.get());
        Thread.sleep(millis);
        Signals.send("CONT", process.get());
        return true;
    }

    private static void killAndWait(ProcessHandle process) {
        process.destroyForcibly();
        process.onExit().join();
    }

    public Optional<ProcessHandle> process(String name) throws IOException {
        Path file = run.resolve(name + ".pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(Files.readString(file).strip())).filter(ProcessHandle::isAlive);
    }

    /** Returns true if a port of Kafka accepts connections. */
    public boolean brokerAnswers(String bootstrapServers) {
        return Stream.of(bootstrapServers.split(",")).anyMatch(FaultInjector::answers);
    }

    private static boolean answers(String broker) {
        String[] address = broker.split(":");
        try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private synchronized void record(String name, String kind, Duration length) {
        Fault fault = new Fault(name, kind, Instant.now(), length);
        injected.add(fault);
        listener.accept(fault);
    }

    public synchronized List<Fault> injected() {
        return List.copyOf(injected);
    }
}
