package dev.trainyard.standalone.platform;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.kafka.AccessInstaller;
import dev.trainyard.message.WireJson;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/** Checks that processes are ready. */
final class ReadinessProbes {
    /** Long, because the first response of a new process takes many seconds on a busy machine. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(LIMIT).build();

    private ReadinessProbes() {}

    static boolean isReady(int port) {
        return status(HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/q/health/ready".formatted(port)))) == 200;
    }

    /**
     * Returns true if the gateway at {@code port} answers a prediction, or asks for an access token, which only its
     * users have.
     */
    static boolean predicts(int port, Path png) {
        try {
            int status = status(HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api/v1/predict".formatted(port)))
                    .header("Content-Type", "image/png")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(Files.readAllBytes(png))));
            return status == 200 || status == 401;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e); // the example is part of the clone
        }
    }

    /** Reason why the gateway at {@code port} accepts no new work for lack of disk space; empty if it accepts work. */
    static Optional<String> lowDiskReason(int port) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/q/health/ready".formatted(port)));
        try {
            byte[] body = HTTP.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofByteArray())
                    .body();
            return Optional.ofNullable(
                            WireJson.mapper().readTree(body).at("/checks").findValue("disk"))
                    .map(JsonNode::asText);
        } catch (IOException e) {
            return Optional.empty(); // the process has exited; its supervisor reports that
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static int status(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0; // not listening yet
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /**
     * Returns true if the broker answers and has the access rules, which are created on the first call.
     *
     * @param connection settings of an administrator
     */
    static boolean kafkaAnswers(int port, Map<String, Object> connection) {
        if (!isOpen(port)) {
            return false; // creating a Kafka client is expensive
        }
        Map<String, Object> config = new HashMap<>(connection);
        config.put("default.api.timeout.ms", (int) LIMIT.toMillis());
        config.put("request.timeout.ms", (int) LIMIT.toMillis() - 1_000);
        config.put("reconnect.backoff.ms", 100);
        try (Admin admin = Admin.create(config)) {
            boolean answers = !admin.describeCluster()
                    .nodes()
                    .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                    .isEmpty();
            if (answers) {
                new AccessInstaller(admin, LIMIT.toSeconds()).applyRules();
            }
            return answers;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
