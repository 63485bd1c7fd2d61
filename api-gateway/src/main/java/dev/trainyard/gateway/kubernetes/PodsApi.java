package dev.trainyard.gateway.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Two requests of the Kubernetes API, which need the verbs {@code list} and {@code patch} on pods of one namespace. */
final class PodsApi implements TrainerPods {
    static final String COST = "controller.kubernetes.io/pod-deletion-cost";
    /** Without the specifications and states of the pods. */
    private static final String METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final int NOT_FOUND = 404;
    private static final int FIRST_ERROR = 300;

    private final ObjectMapper json = new ObjectMapper();
    private final URI api;
    private final ServiceAccount account;
    private final String selector;
    private final HttpClient http;

    PodsApi(URI api, ServiceAccount account, String selector) {
        this.api = api;
        this.account = account;
        this.selector = selector;
        this.http = HttpClient.newBuilder()
                .sslContext(account.trust())
                .connectTimeout(LIMIT)
                .build();
    }

    /** The address of the API that Kubernetes puts into the environment of every pod. */
    static URI ofCluster(Map<String, String> environment) {
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "kubernetes.default.svc");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        return URI.create("https://%s:%s".formatted(host.contains(":") ? "[" + host + "]" : host, port));
    }

    @Override
    public Map<String, Integer> costs() {
        HttpRequest.Builder request =
                request("?labelSelector=" + encode(selector)).header("Accept", METADATA_ONLY);
        HttpResponse<String> response = send(request.GET(), "list");
        if (response.statusCode() >= FIRST_ERROR) {
            throw refused("list", response);
        }
        Map<String, Integer> costs = new HashMap<>();
        for (JsonNode pod : read(response.body()).path("items")) {
            JsonNode metadata = pod.path("metadata");
            costs.put(
                    metadata.path("name").asText(),
                    metadata.path("annotations").path(COST).asInt(0));
        }
        return costs;
    }

    @Override
    public boolean setCost(String pod, int cost) {
        String body = json.createObjectNode()
                .set(
                        "metadata",
                        json.createObjectNode()
                                .set(
                                        "annotations",
                                        json.createObjectNode().put(COST, cost == 0 ? null : String.valueOf(cost))))
                .toString();
        HttpRequest.Builder request = request("/" + encode(pod)).header("Content-Type", "application/merge-patch+json");
        HttpResponse<String> response =
                send(request.method("PATCH", HttpRequest.BodyPublishers.ofString(body)), "patch");
        if (response.statusCode() == NOT_FOUND) {
            return false;
        }
        if (response.statusCode() >= FIRST_ERROR) {
            throw refused("patch", response);
        }
        return true;
    }

    private HttpRequest.Builder request(String rest) {
        return HttpRequest.newBuilder(api.resolve("/api/v1/namespaces/%s/pods%s".formatted(account.namespace(), rest)))
                .timeout(LIMIT)
                .header("Authorization", "Bearer " + account.token());
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String verb) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw failed(verb, e.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(verb, "interrupted", e);
        }
    }

    private KubernetesApiException refused(String verb, HttpResponse<String> response) {
        String message = read(response.body()).path("message").asText(response.body());
        return failed(verb, response.statusCode() + " " + message, null);
    }

    private KubernetesApiException failed(String verb, String reason, @Nullable Throwable cause) {
        return new KubernetesApiException(
                "The Kubernetes API %s did not let this gateway %s pods: %s".formatted(api, verb, reason), cause);
    }

    /** An empty object if a proxy answered with something else. */
    private JsonNode read(String body) {
        try {
            return json.readTree(body);
        } catch (JsonProcessingException e) {
            return json.createObjectNode();
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
