package dev.trainyard.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.trainyard.cli.terminal.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Uses the client against a gateway that is played, so that the JVM can keep the classes which that needs in an archive;
 * {@code ./trainyard} runs it once after a build, so that commands start sooner.
 */
final class Rehearsal {
    private static final String KEY = "00000000-0000-0000-0000-000000000000";
    private static final String JOB = """
            {"key":"%s","status":"success","epochs":1,"current_epoch":1,"created_at":"2026-01-01T00:00:00Z",
             "config":{"network":"lenet5"},"message":{"test":{"accuracy":0.9}},"model":{"name":"a","version":1},
             "history":[{"epoch":1,"train":{"accuracy":0.9,"loss":0.1},"seconds":1.0}],"transitions":[]}""".formatted(KEY);
    private static final String EVENTS =
            "id: 1\nevent: status\ndata: {\"to\":\"queued\"}\n\n" + "event: end\ndata: {\"status\":\"success\"}\n\n";

    private Rehearsal() {}

    public static void main(String[] args) throws IOException {
        HttpServer gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.createContext("/", Rehearsal::answer);
        gateway.start();
        String server = "http://127.0.0.1:" + gateway.getAddress().getPort();
        play("--version");
        play("--help");
        play("help", "train");
        play("jobs", "ls", "--server", server);
        play("jobs", "ls", "--json", "--server", server);
        play("jobs", "show", KEY, "--server", server);
        play("jobs", "watch", KEY, "--server", server);
        play("jobs", "compare", KEY, KEY, "--server", server);
        play("jobs", "cancel", KEY, "--server", server);
        play("train", "--epochs", "1", "--server", server);
        play("train", "--dry-run", "--server", server);
        play("models", "ls", "--server", server);
        play("models", "show", "--server", server);
        play("predict", "-", "--server", server); // the script gives it an empty standard input
        play("doctor", "--server", server);
        play("no-such-command");
        gateway.stop(0);
        System.exit(0);
    }

    private static void play(String... words) {
        PrintWriter nobody = new PrintWriter(Writer.nullWriter());
        Main.commands(Terminal.NONE, words).setOut(nobody).setErr(nobody).execute(words);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body = path.endsWith("/events")
                ? EVENTS
                : path.equals("/api/v1/train") ? "{\"jobs\":[" + JOB + "],\"key\":\"" + KEY + "\"}" : JOB;
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(200, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }
}
