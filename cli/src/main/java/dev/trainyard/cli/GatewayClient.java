package dev.trainyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.trainyard.message.WireJson;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Talks to a gateway; what it answers badly becomes a {@link CommandFailure}. */
final class GatewayClient {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final URI server;

    GatewayClient(URI server) {
        this.server = server;
    }

    JsonNode get(String path) throws CommandFailure {
        return send(request(path).GET().build());
    }

    /** Posts a form of texts and files. */
    JsonNode postForm(String path, Map<String, String> texts, Map<String, Path> files, String bearer)
            throws CommandFailure {
        String boundary = "trainyard-" + UUID.randomUUID();
        Map<String, HttpRequest.BodyPublisher> parts = new LinkedHashMap<>();
        texts.forEach((name, text) -> parts.put(
                "Content-Disposition: form-data; name=\"%s\"\r\n\r\n".formatted(name),
                HttpRequest.BodyPublishers.ofString(text)));
        for (Map.Entry<String, Path> file : files.entrySet()) {
            parts.put(
                    "Content-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\nContent-Type: application/octet-stream\r\n\r\n"
                            .formatted(file.getKey(), quoted(file.getValue())),
                    content(file.getValue()));
        }
        HttpRequest.BodyPublisher[] body = parts.entrySet().stream()
                .map(part -> HttpRequest.BodyPublishers.concat(
                        HttpRequest.BodyPublishers.ofString("--" + boundary + "\r\n" + part.getKey()),
                        part.getValue(),
                        HttpRequest.BodyPublishers.ofString("\r\n")))
                .toArray(HttpRequest.BodyPublisher[]::new);
        HttpRequest.Builder post = request(path)
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.concat(
                        HttpRequest.BodyPublishers.concat(body),
                        HttpRequest.BodyPublishers.ofString("--" + boundary + "--\r\n")));
        if (bearer != null) {
            post.header("Authorization", "Bearer " + bearer);
        }
        return send(post.build());
    }

    private static HttpRequest.BodyPublisher content(Path file) throws CommandFailure {
        try {
            return HttpRequest.BodyPublishers.ofFile(file);
        } catch (IOException e) {
            throw new CommandFailure(CommandFailure.FAILED, "There is no file %s to be read.".formatted(file));
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.resolve(path)).timeout(LIMIT).header("Accept", "application/json");
    }

    private JsonNode send(HttpRequest request) throws CommandFailure {
        HttpResponse<String> answer;
        try {
            answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (ConnectException e) {
            throw new CommandFailure(
                    CommandFailure.UNREACHABLE,
                    "No gateway answers at %s. Start one with ./trainyard up, or name another with --server."
                            .formatted(server));
        } catch (IOException e) {
            throw new CommandFailure(
                    CommandFailure.UNREACHABLE, "The gateway at %s broke off: %s".formatted(server, e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(CommandFailure.FAILED, "Interrupted.");
        }
        JsonNode json = json(answer.body());
        if (answer.statusCode() >= 400) {
            throw new CommandFailure(
                    answer.statusCode() == 404 ? CommandFailure.NOT_FOUND : CommandFailure.FAILED,
                    problem(answer.statusCode(), json));
        }
        return json;
    }

    private static JsonNode json(String body) {
        try {
            return WireJson.mapper().readTree(body);
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    private static String problem(int status, JsonNode problem) {
        StringBuilder text = new StringBuilder(problem.path("detail").asText("The gateway answered " + status));
        for (JsonNode error : problem.path("errors")) {
            text.append("%n  %s %s"
                    .formatted(
                            error.path("pointer").asText(), error.path("detail").asText()));
        }
        return text.toString();
    }

    private static String quoted(Path file) {
        return file.getFileName().toString().replace("\"", "%22").replaceAll("[\\r\\n]", " ");
    }
}
