package dev.trainyard.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The client in a separate process, for tests of its exit. */
public final class ClientProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader err;

    private ClientProcess(Process process) {
        this.process = process;
        this.err = process.errorReader(StandardCharsets.UTF_8);
    }

    /** @param options of the JVM */
    public static ClientProcess start(List<String> options, String... words) throws IOException {
        return start(options, Map.of(), words);
    }

    /** @param environment added to the environment of this test, without its TRAINYARD_SERVER */
    public static ClientProcess start(List<String> options, Map<String, String> environment, String... words)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.trainyard.cli.Main"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("TRAINYARD_SERVER");
        builder.environment().putAll(environment);
        return new ClientProcess(builder.start());
    }

    public static ClientProcess start(FakeGateway gateway, String... words) throws IOException {
        return start(List.of(), CommandLineRun.with(gateway, words));
    }

    /** Returns the next line of stderr; null at the end. */
    public String nextErrorLine() throws IOException {
        return err.readLine();
    }

    /**
     * Sends SIGTERM, which has the same effect as SIGINT; the parent of the tests may have ignored SIGINT for all
     * children.
     */
    public ClientProcess terminate() {
        process.toHandle().destroy(); // Process.destroy() would also close the streams
        return this;
    }

    /** Waits for the exit; returns the status and the remaining output. */
    public CommandLineRun awaitEnd() throws IOException, InterruptedException {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String rest = err.lines().map(line -> line + "\n").collect(Collectors.joining());
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            throw new AssertionError("the client closed its streams and does not end");
        }
        return new CommandLineRun(process.exitValue(), out, rest);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
