package dev.trainyard.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * HTTP client of the demo. It repeats requests that were not answered or got a transient error, because both happen on
 * a busy machine to a healthy platform.
 */
final class DemoClient {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** Too many requests, and the gateway's statuses for temporary unavailability. */
    private static final Set<Integer> TRANSIENT = Set.of(429, 502, 503, 504);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(LIMIT).build();
    private final String url;
    private final Consumer<String> messages;

    /** @param messages receives one line per request that has to be repeated */
    DemoClient(String url, Consumer<String> messages) {
        this.url = url;
        this.messages = messages;
    }

    JsonNode train(JsonNode config) throws IOException, InterruptedException {
        return send(
                "/api/v1/train",
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .header(
                                "Idempotency-Key",
                                UUID.randomUUID().toString()) // repeated requests create one job only
                        .POST(HttpRequest.BodyPublishers.ofString(config.toString())));
    }

    JsonNode status(String key) throws IOException, InterruptedException {
        return send("/api/v1/train/" + key, HttpRequest.newBuilder());
    }

    JsonNode predict(Path png) throws IOException, InterruptedException {
        return send(
                "/api/v1/predict",
                HttpRequest.newBuilder()
                        .header("Content-Type", "image/png")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(Files.readAllBytes(png))));
    }

    private JsonNode send(String path, HttpRequest.Builder builder) throws IOException, InterruptedException {
        HttpRequest request = builder.uri(URI.create(url + path)).timeout(LIMIT).build();
        boolean reported = false;
        while (true) {
            String problem;
            try {
                HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
                if (response.statusCode() < 300) {
                    return JSON.readTree(response.body());
                }
                problem = "%s %s answered %d: %s"
                        .formatted(request.method(), path, response.statusCode(), detail(response.body()));
                if (!TRANSIENT.contains(response.statusCode())) {
                    throw new RefusedException(problem);
                }
            } catch (RefusedException e) {
                throw e;
            } catch (IOException e) {
                problem = "%s %s was not answered: %s".formatted(request.method(), path, e);
            }
            if (!reported) {
                messages.accept(problem + " Retrying until it succeeds; Ctrl-C stops.");
                reported = true;
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    private static String detail(byte[] body) throws IOException {
        JsonNode document = JSON.readTree(body);
        return document.path("detail").asText(document.toString());
    }

    /** A response that a repetition would not change. */
    private static final class RefusedException extends IOException {
        RefusedException(String message) {
            super(message);
        }
    }
}
