package dev.trainyard.system.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One namespace of the cluster that {@code kubectl} knows, by its API. */
final class Cluster implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int NOT_FOUND = 404;
    private static final int FIRST_ERROR = 300;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Process proxy;
    private final String api;
    private final String namespace;

    Cluster(String namespace) throws IOException {
        this.namespace = namespace;
        this.proxy = new ProcessBuilder("kubectl", "proxy", "--port=0", "--reject-methods=^$")
                .redirectErrorStream(true)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(proxy.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        if (line == null || !line.contains("127.0.0.1:")) {
            throw new IOException("kubectl proxy did not start: " + line);
        }
        this.api = "http://" + line.replaceFirst(".*(127\\.0\\.0\\.1:\\d+).*", "$1");
    }

    /** @param component value of the label {@code app.kubernetes.io/component} */
    List<Pod> pods(String component) throws IOException, InterruptedException {
        String selector = URLEncoder.encode(
                "app.kubernetes.io/name=trainyard,app.kubernetes.io/component=" + component, StandardCharsets.UTF_8);
        JsonNode list = get("/api/v1/namespaces/%s/pods?labelSelector=%s".formatted(namespace, selector));
        List<Pod> pods = new ArrayList<>();
        list.path("items").forEach(pod -> pods.add(Pod.of(pod)));
        return pods;
    }

    /** Evicts a pod as a drain of its node does, which waits for the disruption budget. */
    void evict(String pod, Duration limit) throws IOException, InterruptedException {
        String body = """
                {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "%s", "namespace": "%s"}}""".formatted(pod, namespace);
        Instant end = Instant.now().plus(limit);
        while (true) {
            HttpResponse<String> response = send(
                    "POST",
                    "/api/v1/namespaces/%s/pods/%s/eviction".formatted(namespace, pod),
                    "application/json",
                    body);
            if (response.statusCode() != TOO_MANY_REQUESTS) {
                requireFound(response);
                return;
            }
            if (Instant.now().isAfter(end)) {
                throw new IOException("the disruption budget still refuses the eviction: " + response.body());
            }
            Thread.sleep(500); // the budget can only be asked again
        }
    }

    /** Deletes a pod; {@code graceSeconds} 0 kills its processes. */
    void delete(String pod, int graceSeconds) throws IOException, InterruptedException {
        requireFound(send(
                "DELETE",
                "/api/v1/namespaces/%s/pods/%s?gracePeriodSeconds=%d".formatted(namespace, pod, graceSeconds),
                "application/json",
                ""));
    }

    /** Starts a rolling update that replaces every pod of a Deployment by an equal one. */
    void restart(String deployment) throws IOException, InterruptedException {
        String body = """
                {"spec": {"template": {"metadata": {"annotations": {"trainyard.dev/restarted-at": "%s"}}}}}""".formatted(Instant.now());
        require(send("PATCH", deployment(deployment), "application/strategic-merge-patch+json", body));
    }

    boolean isRolledOut(String deployment) throws IOException, InterruptedException {
        JsonNode state = get(deployment(deployment));
        JsonNode status = state.path("status");
        int wanted = state.path("spec").path("replicas").asInt();
        return status.path("observedGeneration").asLong()
                        == state.path("metadata").path("generation").asLong()
                && status.path("updatedReplicas").asInt() == wanted
                && status.path("readyReplicas").asInt() == wanted
                && status.path("replicas").asInt() == wanted;
    }

    int replicas(String deployment) throws IOException, InterruptedException {
        return get(deployment(deployment)).path("spec").path("replicas").asInt();
    }

    private String deployment(String name) {
        return "/apis/apps/v1/namespaces/%s/deployments/%s".formatted(namespace, name);
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(require(send("GET", path, "application/json", "")).body());
    }

    private HttpResponse<String> send(String method, String path, String type, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(api + path))
                .header("Content-Type", type)
                .timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** What is gone already need not be removed. */
    private static void requireFound(HttpResponse<String> response) throws IOException {
        if (response.statusCode() != NOT_FOUND) {
            require(response);
        }
    }

    private static HttpResponse<String> require(HttpResponse<String> response) throws IOException {
        if (response.statusCode() >= FIRST_ERROR) {
            throw new IOException(response.uri() + " answered " + response.statusCode() + ": " + response.body());
        }
        return response;
    }

    @Override
    public void close() {
        proxy.destroy();
    }
}
