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

/** The few requests of the demo. */
final class DemoClient {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(LIMIT).build();
    private final String url;

    DemoClient(String url) {
        this.url = url;
    }

    JsonNode train(JsonNode config) throws IOException, InterruptedException {
        return send(
                "/api/v1/train",
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
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

    private JsonNode send(String path, HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpRequest whole = request.uri(URI.create(url + path)).timeout(LIMIT).build();
        HttpResponse<byte[]> response = http.send(whole, HttpResponse.BodyHandlers.ofByteArray());
        JsonNode body = JSON.readTree(response.body());
        if (response.statusCode() >= 300) {
            throw new IOException("%s %s answered %d: %s"
                    .formatted(
                            whole.method(),
                            path,
                            response.statusCode(),
                            body.path("detail").asText(body.toString())));
        }
        return body;
    }
}
