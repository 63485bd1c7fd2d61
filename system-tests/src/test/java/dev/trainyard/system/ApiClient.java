package dev.trainyard.system;

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

/** A client of the REST API. */
final class ApiClient {
    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;

    ApiClient(String url) {
        this.url = url;
    }

    String train(String network, int epochs) throws IOException, InterruptedException {
        String config = """
                {"dataset":"MnistDataset","model":"DigitModel","network":"%s",
                 "train_args":{"batch_size":64,"epochs":%d},"promote":"always"}""".formatted(network, epochs);
        JsonNode accepted = send(
                "/api/v1/train",
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(config)));
        return accepted.path("key").asText();
    }

    JsonNode job(String key) throws IOException, InterruptedException {
        return send("/api/v1/train/" + key, HttpRequest.newBuilder());
    }

    JsonNode models() throws IOException, InterruptedException {
        return send("/api/v1/models", HttpRequest.newBuilder());
    }

    /** @param change of the digit model, such as {@code rollback} */
    JsonNode model(String change) throws IOException, InterruptedException {
        return send(
                "/api/v1/models/DigitModel/" + change,
                HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.noBody()));
    }

    JsonNode predict(int digit) throws IOException, InterruptedException {
        return predict(digit, "");
    }

    /** @param query selects the version */
    JsonNode predict(int digit, String query) throws IOException, InterruptedException {
        byte[] png = Files.readAllBytes(Path.of("../example/%d.png".formatted(digit)));
        return send(
                "/api/v1/predict" + query,
                HttpRequest.newBuilder()
                        .header("Content-Type", "image/png")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(png)));
    }

    /** Predicts asynchronously and waits for the result. */
    JsonNode predictLater(int digit) throws IOException, InterruptedException {
        byte[] png = Files.readAllBytes(Path.of("../example/%d.png".formatted(digit)));
        JsonNode accepted = send(
                "/api/v1/predict",
                HttpRequest.newBuilder()
                        .header("Content-Type", "image/png")
                        .header("Prefer", "respond-async")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(png)));
        return send(
                accepted.path("status_url").asText(), HttpRequest.newBuilder().header("Prefer", "wait=15"));
    }

    /** Sends one blank image as a tensor. */
    JsonNode inferBlank() throws IOException, InterruptedException {
        String zeros = "0,".repeat(783) + "0";
        return send(
                "/v2/models/DigitModel/infer",
                HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString("""
                        {"inputs":[{"name":"image","shape":[1,1,28,28],"datatype":"FP32","data":[%s]}]}""".formatted(zeros))));
    }

    private JsonNode send(String path, HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                request.uri(URI.create(url + path))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IOException(path + " answered " + response.statusCode() + ": " + response.body());
        }
        return new ObjectMapper().readTree(response.body());
    }
}
