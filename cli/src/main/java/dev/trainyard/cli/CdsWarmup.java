package dev.trainyard.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.trainyard.launch.PlatformRegistry;
import dev.trainyard.launch.RunningPlatform;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs the usual commands against a fake gateway, so that the JVM can archive the classes that they load. {@code
 * ./trainyard} runs it once after each build, with its output discarded; later commands start sooner from the archive
 * (class data sharing).
 */
final class CdsWarmup {
    private static final String KEY = "00000000-0000-0000-0000-000000000000";
    private static final String JOB = """
            {"key":"%s","status":"success","epochs":1,"current_epoch":1,"created_at":"2026-01-01T00:00:00Z",
             "config":{"network":"lenet5"},"message":{"test":{"accuracy":0.9}},"model":{"name":"a","version":1},
             "history":[{"epoch":1,"train":{"accuracy":0.9,"loss":0.1},"seconds":1.0}],"transitions":[]}""".formatted(KEY);
    private static final String MODEL = """
            {"name":"a","version":1,"aliases":["production"],"job_key":"%s","created_at":"2026-01-01T00:00:00Z",
             "metrics":{"train":{"accuracy":0.9},"test":{"accuracy":0.9}}}""".formatted(KEY);
    private static final String PREDICTION =
            "{\"prediction\":8,\"probability\":0.9,\"prediction_set\":[3,8],\"outlier\":{\"is_outlier\":false}}";
    private static final String EVENTS =
            "id: 1\nevent: status\ndata: {\"to\":\"queued\"}\n\n" + "event: end\ndata: {\"status\":\"success\"}\n\n";

    private CdsWarmup() {}

    public static void main(String[] args) throws IOException {
        HttpServer gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.createContext("/", CdsWarmup::answer);
        gateway.start();
        String server = "http://127.0.0.1:" + gateway.getAddress().getPort();
        Main.run("--version");
        System.setProperty("trainyard.terminal.stdout", "true");
        Main.run("--help");
        Main.run("jobs", "ls", "--server", server);
        System.clearProperty("trainyard.terminal.stdout");
        Main.run("--help");
        Main.run("help", "train");
        Main.run("jobs", "ls", "--server", server);
        Main.run("jobs", "ls", "--json", "--server", server);
        Main.run("jobs", "show", KEY, "--server", server);
        Main.run("jobs", "watch", KEY, "--server", server);
        Main.run("jobs", "compare", KEY, KEY, "--server", server);
        Main.run("jobs", "cancel", KEY, "--server", server);
        Main.run("train", "--epochs", "1", "--server", server);
        Main.run("train", "--dry-run", "--server", server);
        Main.run("models", "ls", "--server", server);
        Main.run("models", "show", "--server", server);
        Main.run("predict", "-", "--server", server); // the launcher script redirects standard input from /dev/null
        Main.run("doctor", "--server", server);
        Main.run("no-such-command");
        findPlatform(server);
        gateway.stop(0);
        System.exit(0);
    }

    /**
     * Loads the classes of platform discovery with a registry of its own, so that platforms that really run are not
     * read.
     */
    private static void findPlatform(String server) throws IOException {
        Path folder = Files.createTempDirectory("trainyard-rehearsal");
        PlatformRegistry registry = new PlatformRegistry(folder);
        try (PlatformRegistry.Entry entry = registry.add(new RunningPlatform(server, folder, folder))) {
            registry.running();
        }
        Files.delete(folder);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body =
                switch (path) {
                    case "/api/v1/train" -> "{\"jobs\":[" + JOB + "],\"key\":\"" + KEY + "\"}";
                    case "/api/v1/models" -> "{\"models\":[" + MODEL + "]}";
                    case "/api/v1/predict" -> PREDICTION;
                    default -> path.endsWith("/events") ? EVENTS : JOB;
                };
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(200, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }
}
