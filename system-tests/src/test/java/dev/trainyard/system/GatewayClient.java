package dev.trainyard.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** HTTP client of one gateway that returns every response with its duration, whatever the status. */
final class GatewayClient {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final String url;

    GatewayClient(String url) {
        this.url = url;
    }

    String url() {
        return url;
    }

    /** @param retryAfter value of the header; null if it is missing */
    record Response(int status, String retryAfter, JsonNode body, Duration took) {
        String key() {
            return body.path("key").asText();
        }

        /** True for 503 with a Retry-After header. */
        boolean isUnavailable() {
            return status == 503 && retryAfter != null && Integer.parseInt(retryAfter) > 0;
        }
    }

    CompletableFuture<Response> submit(String config, String id, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder()
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", id)
                .POST(BodyPublishers.ofString(config));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send("/api/v1/train", request);
    }

    CompletableFuture<Response> job(String key) {
        return send("/api/v1/train/" + key, HttpRequest.newBuilder());
    }

    /** @param action {@code cancel}, {@code pause}, {@code resume} or {@code retry} */
    CompletableFuture<Response> requestAction(String key, String action) {
        return send(
                "/api/v1/train/%s/%s".formatted(key, action),
                HttpRequest.newBuilder().POST(BodyPublishers.noBody()));
    }

    CompletableFuture<Response> predict(int digit) {
        return predict(digit, "");
    }

    /** @param query selects the model */
    CompletableFuture<Response> predict(int digit, String query) {
        try {
            byte[] png = Files.readAllBytes(Path.of("../example/%d.png".formatted(digit)));
            return send(
                    "/api/v1/predict" + query,
                    HttpRequest.newBuilder().header("Content-Type", "image/png").POST(BodyPublishers.ofByteArray(png)));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the example is part of the clone
        }
    }

    CompletableFuture<Response> post(String path) {
        return send(path, HttpRequest.newBuilder().POST(BodyPublishers.noBody()));
    }

    CompletableFuture<Response> get(String path) {
        return send(path, HttpRequest.newBuilder());
    }

    /** Version of the model that answers; 0 if none does. */
    int servedVersion() {
        return predict(8).join().body().path("model").path("version").asInt();
    }

    /** Returns true if the gateway answers a prediction. */
    boolean isWorking() {
        return predict(8)
                .handle((answer, failure) -> failure == null && answer.status() == 200)
                .join();
    }

    private CompletableFuture<Response> send(String path, HttpRequest.Builder request) {
        long sentAt = System.nanoTime();
        return http.sendAsync(
                        request.uri(URI.create(url + path)).timeout(LIMIT).build(),
                        HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> new Response(
                        response.statusCode(),
                        response.headers().firstValue("Retry-After").orElse(null),
                        json(response.body()),
                        Duration.ofNanos(System.nanoTime() - sentAt)));
    }

    private static JsonNode json(String body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException("no JSON: " + body, e);
        }
    }
}
