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

/** The client in a process of its own, where how it ends is what is looked at. */
public final class ClientProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader err;

    private ClientProcess(Process process) {
        this.process = process;
        this.err = process.errorReader(StandardCharsets.UTF_8);
    }

    /** @param options of its Java */
    public static ClientProcess start(List<String> options, String... words) throws IOException {
        return start(options, Map.of(), words);
    }

    /** @param environment in addition to this test's own, but for the gateway that it names */
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

    /** The next line that it tells on stderr; null at its end. */
    public String nextErrorLine() throws IOException {
        return err.readLine();
    }

    /** Sends SIGTERM: a test's own parent may have switched SIGINT off for all its children, and both end the same way. */
    public ClientProcess terminate() {
        process.toHandle().destroy(); // and not its streams with it
        return this;
    }

    /** How it ended, and what else it said. */
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
