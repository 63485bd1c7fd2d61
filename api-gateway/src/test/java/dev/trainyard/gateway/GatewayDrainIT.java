package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.standalone.platform.Ports;
import dev.trainyard.standalone.process.Signals;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SIGTERM to the packaged gateway while long requests of every kind are in progress. */
class GatewayDrainIT {
    private static final String CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp","train_args":{"batch_size":32,"epochs":2}}""";

    private final FaultInjectionPlatform platform = new FaultInjectionPlatform();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Process gateway;
    private int port;

    @AfterEach
    void stop() throws InterruptedException {
        if (gateway != null) {
            gateway.destroyForcibly().waitFor();
        }
        platform.stop();
    }

    @Test
    void requestsInProgressAreFinishedAndTheExitStatusIsZero() throws Exception {
        start();
        String job = send(submit()).thenApply(HttpResponse::body).get().replaceAll(".*\"key\":\"([^\"]*)\".*", "$1");
        CompletableFuture<HttpResponse<String>> events = send(at("/api/v1/train/" + job + "/events"));
        CompletableFuture<HttpResponse<String>> poll = send(at("/api/v1/train/" + job + "?wait=60"));
        CompletableFuture<HttpResponse<String>> waiting = send(submit().header("Prefer", "wait=60"));
        CompletableFuture<HttpResponse<String>> predict = send(at("/api/v1/predict")
                .header("Content-Type", "image/png")
                .POST(HttpRequest.BodyPublishers.ofFile(Path.of("../example/8.png"))));
        await().atMost(Duration.ofSeconds(20)).until(() -> jobs().contains("\"last_event_id\":1") && accepted() == 2);

        Signals.send("TERM", gateway.toHandle());

        assertThat(gateway.waitFor(15, TimeUnit.SECONDS)).isTrue();
        assertThat(gateway.exitValue()).isZero();
        assertThat(events.get().body()).contains("id:1").doesNotContain("event:end");
        assertThat(poll.get().statusCode()).isEqualTo(200);
        assertThat(waiting.get().statusCode()).isEqualTo(202);
        assertThat(predict.get().statusCode()).isEqualTo(504); // no predictor is there; it was waited for all the same
    }

    @Test
    void requestsDuringTheDelayAreAnsweredAndEndTheirConnections() throws Exception {
        start(Map.of("QUARKUS_SHUTDOWN_DELAY", "4s"));
        try (Connection kept = new Connection(port);
                Connection other = new Connection(port)) {
            assertThat(kept.get("/api/v1/train"))
                    .startsWith("HTTP/1.1 200")
                    .doesNotContainIgnoringCase("connection: close");
            assertThat(other.get("/api/v1/train")).startsWith("HTTP/1.1 200");

            Signals.send("TERM", gateway.toHandle());

            await().atMost(Duration.ofSeconds(3)).until(() -> !isReady());
            assertThat(kept.get("/api/v1/train")).startsWith("HTTP/1.1 200").containsIgnoringCase("connection: close");
            assertThat(kept.isClosed()).isTrue();
            assertThat(send(at("/api/v1/train")).get().statusCode())
                    .as("a new connection")
                    .isEqualTo(200);
            assertThat(send(submit()).get().statusCode()).isEqualTo(202);
            assertThat(gateway.isAlive()).isTrue();
        }
        assertThat(gateway.waitFor(15, TimeUnit.SECONDS)).isTrue();
        assertThat(gateway.exitValue()).isZero();
    }

    /** One connection that the client keeps. */
    private static final class Connection implements AutoCloseable {
        private final Socket socket;

        Connection(int port) throws IOException {
            socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout(10_000);
        }

        /** Sends a request; returns the head of the response, and reads its body. */
        String get(String path) throws IOException {
            socket.getOutputStream()
                    .write("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .formatted(path)
                            .getBytes());
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = socket.getInputStream().read();
                assertThat(next).as("end of the connection after: %s", head).isNotNegative();
                head.append((char) next);
            }
            int length = Integer.parseInt(head.toString().replaceAll("(?is).*content-length: (\\d+).*", "$1"));
            socket.getInputStream().readNBytes(length);
            return head.toString();
        }

        boolean isClosed() throws IOException {
            return socket.getInputStream().read() < 0;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private long accepted() throws Exception {
        return jobs().split("\"key\":").length - 1;
    }

    private String jobs() throws Exception {
        return send(at("/api/v1/train")).get().body();
    }

    private void start() throws IOException {
        start(Map.of());
    }

    private void start(Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-jar",
                        "target/quarkus-app/quarkus-run.jar")
                .redirectErrorStream(true);
        for (Map.Entry<String, String> setting : platform.start().entrySet()) {
            builder.environment()
                    .put(setting.getKey().replaceAll("[.-]", "_").toUpperCase(Locale.ROOT), setting.getValue());
        }
        builder.environment().putAll(environment);
        port = Ports.free();
        builder.environment().put("QUARKUS_HTTP_PORT", String.valueOf(port));
        Path log = Files.createTempFile("gateway", ".log");
        log.toFile().deleteOnExit();
        gateway = builder.redirectOutput(log.toFile()).start();
        await().atMost(Duration.ofMinutes(4)).until(() -> {
            assertThat(gateway.isAlive()).as("gateway: %s", log).isTrue();
            return isReady();
        });
    }

    private boolean isReady() throws InterruptedException {
        try {
            return http.send(at("/q/health/ready").build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    private CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder submit() {
        return at("/api/v1/train")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(CONFIG));
    }

    private HttpRequest.Builder at(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }
}
