package dev.trainyard.benchmarks.peers;

import dev.trainyard.standalone.platform.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A server of a peer that answers predictions on a free port of loopback. */
final class PeerServer implements AutoCloseable {
    private static final String READY = "Application startup complete.";

    private final Process process;
    private final int port;

    private PeerServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static PeerServer fastApi(PeerEnvironments environments, Path model, int workers)
            throws IOException, InterruptedException {
        int port = Ports.free();
        ProcessBuilder builder = environments.python(
                "fastapi",
                List.of(
                        "-m",
                        "uvicorn",
                        "serve_fastapi:app",
                        "--port=" + port,
                        "--workers=" + workers,
                        "--no-access-log"));
        builder.environment().put("MODEL", model.toString());
        return start(builder, port, workers);
    }

    static PeerServer flask(PeerEnvironments environments, Path model) throws IOException, InterruptedException {
        int port = Ports.free();
        return start(
                environments.python("keras", List.of("serve_flask.py", model.toString(), String.valueOf(port))),
                port,
                1);
    }

    private static PeerServer start(ProcessBuilder builder, int port, int workers) throws IOException {
        Process process = builder.redirectErrorStream(true).start();
        PeerServer server = new PeerServer(process, port);
        BufferedReader output = process.inputReader();
        StringBuilder text = new StringBuilder();
        for (int ready = 0; ready < workers; ) {
            String line = output.readLine();
            if (line == null) {
                server.close();
                throw new IOException("a server of a peer ended before it was ready:\n" + text);
            }
            text.append(line).append('\n');
            ready += line.contains(READY) ? 1 : 0;
        }
        Thread reader = new Thread(() -> output.lines().forEach(System.err::println), "output of a peer");
        reader.setDaemon(true);
        reader.start();
        return server;
    }

    int port() {
        return port;
    }

    /** Stops the server with its workers. */
    @Override
    public void close() {
        ProcessTree.stop(process);
    }
}
