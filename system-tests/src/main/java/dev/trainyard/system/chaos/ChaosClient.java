package dev.trainyard.system.chaos;

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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** HTTP client for several gateways; after a failed request it uses the next gateway. */
public final class ChaosClient {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(1);
    private static final String DEFAULT_PROJECT = "default";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final List<String> urls;
    private final String project;
    private final @Nullable String token;
    private int next;

    public ChaosClient(List<String> urls) {
        this(urls, DEFAULT_PROJECT);
    }

    /** A client whose requests are about {@code project}. */
    ChaosClient(List<String> urls, String project) {
        this(urls, project, null);
    }

    private ChaosClient(List<String> urls, String project, @Nullable String token) {
        this.urls = List.copyOf(urls);
        this.project = project;
        this.token = token;
    }

    /** A client of one address that sends an access token. */
    public static ChaosClient withToken(String url, String token) {
        return new ChaosClient(List.of(url), DEFAULT_PROJECT, token);
    }

    /** A response with another status than 2xx. */
    public static final class ErrorStatusException extends IOException {
        private final int status;

        ErrorStatusException(String path, int status, String body) {
            super("%s answered %d: %s".formatted(path, status, body));
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    void createProject(String name, int weight) throws IOException, InterruptedException {
        send(
                "/api/v1/projects",
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"name\":\"%s\",\"weight\":%d}".formatted(name, weight))));
    }

    /** Submits once; returns null if no gateway accepted the job. Submits with the same id create one job only. */
    public @Nullable String submit(String config, String id) throws InterruptedException {
        for (int i = 0; i < urls.size(); i++) {
            try {
                HttpRequest.Builder request = HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", id)
                        .POST(HttpRequest.BodyPublishers.ofString(config));
                return JSON.readTree(send("/api/v1/train", request)).path("key").asText();
            } catch (IOException e) {
                next++; // this gateway is down or cannot accept jobs
            }
        }
        return null;
    }

    public JsonNode job(String key) throws IOException, InterruptedException {
        return JSON.readTree(send("/api/v1/train/" + key, HttpRequest.newBuilder()));
    }

    /** The newest jobs with {@code status}. */
    public JsonNode jobs(String status, int limit) throws IOException, InterruptedException {
        return JSON.readTree(
                send("/api/v1/train?status=%s&limit=%d".formatted(status, limit), HttpRequest.newBuilder()));
    }

    /** @param action {@code cancel}, {@code pause}, {@code resume} or {@code retry} */
    public void requestAction(String key, String action) throws IOException, InterruptedException {
        send(
                "/api/v1/train/%s/%s".formatted(key, action),
                HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** Requests a verification run of a finished job; returns the key of that run. */
    public String verify(String key) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.noBody());
        return JSON.readTree(send("/api/v1/train/%s/verify".formatted(key), request))
                .path("key")
                .asText();
    }

    /** All versions of all models. */
    public List<JsonNode> models() throws IOException, InterruptedException {
        List<JsonNode> all = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            JsonNode page = JSON.readTree(send("/api/v1/models?limit=500" + cursor, HttpRequest.newBuilder()));
            page.path("models").forEach(all::add);
            cursor = page.path("next_cursor").isTextual()
                    ? "&cursor=" + page.path("next_cursor").asText()
                    : null;
        }
        return all;
    }

    public JsonNode model(String name, int version) throws IOException, InterruptedException {
        return JSON.readTree(send("/api/v1/models/%s/versions/%d".formatted(name, version), HttpRequest.newBuilder()));
    }

    public boolean predicts(Path png) throws InterruptedException {
        try {
            send(
                    "/api/v1/predict",
                    HttpRequest.newBuilder()
                            .header("Content-Type", "image/png")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(Files.readAllBytes(png))));
            return true;
        } catch (IOException e) {
            next++;
            return false;
        }
    }

    /** All events of an ended job, each with id, type and data. */
    public List<JsonNode> events(String key) throws IOException, InterruptedException {
        List<JsonNode> events = new ArrayList<>();
        String id = "";
        String type = "";
        for (String line : send("/api/v1/train/%s/events".formatted(key), HttpRequest.newBuilder())
                .split("\n")) {
            if (line.startsWith("id:")) {
                id = line.substring(3).strip();
            } else if (line.startsWith("event:")) {
                type = line.substring(6).strip();
            } else if (line.startsWith("data:")) {
                events.add(JSON.createObjectNode()
                        .put("id", id.isEmpty() ? 0 : Long.parseLong(id))
                        .put("type", type)
                        .set("data", JSON.readTree(line.substring(5))));
                id = "";
            }
        }
        return events;
    }

    /** Used heap of each reachable gateway, in bytes. */
    public List<Double> heaps() throws InterruptedException {
        List<Double> heaps = new ArrayList<>();
        for (String url : urls) {
            try {
                heaps.add(exchange(url + "/q/metrics", HttpRequest.newBuilder())
                        .lines()
                        .filter(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""))
                        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                        .sum());
            } catch (IOException e) {
                // killed just now; included in the next sample
            }
        }
        return heaps;
    }

    /** Returns true if a gateway is ready, which includes its database. */
    public boolean isAnyReady() {
        return urls.stream().anyMatch(this::isReady);
    }

    private boolean isReady(String url) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/q/health/ready"))
                    .timeout(READY_TIMEOUT)
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false; // killed or frozen
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String send(String path, HttpRequest.Builder request) throws IOException, InterruptedException {
        return exchange(urls.get(Math.floorMod(next, urls.size())) + path, request);
    }

    private String exchange(String url, HttpRequest.Builder request) throws IOException, InterruptedException {
        if (!project.equals(DEFAULT_PROJECT)) {
            request.setHeader("Trainyard-Project", project);
        }
        if (token != null) {
            request.setHeader("Authorization", "Bearer " + token);
        }
        HttpResponse<String> response = http.send(
                request.uri(URI.create(url)).timeout(REQUEST_TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            next++;
            throw new ErrorStatusException(url, response.statusCode(), response.body());
        }
        return response.body();
    }

    /** Uses another gateway from the next request on. */
    public void switchGateway() {
        next++;
    }
}
