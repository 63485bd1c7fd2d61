package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trainyard.system.TraceReceiver.Received;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces and logs of all real processes. */
@Tag("full")
class TracesIT {
    private static final String GATEWAY = "trainyard-gateway";
    private static final String PREDICTOR = "trainyard-predictor";
    private static final String TRAINER = "trainyard-trainer";
    private static final String SECRET = "ty_neverInATrace_0123456789abcdef0123";
    private static final String CLIENT_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CLIENT_SPAN = "00f067aa0ba902b7";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path dataDir;

    private static TraceReceiver traces;
    private static Launcher launcher;
    private static String url;

    @BeforeAll
    static void start() throws Exception {
        traces = TraceReceiver.start();
        launcher = Launcher.up(
                dataDir,
                Map.of(
                        "TRAINYARD_TRACES_ENDPOINT", traces.url(),
                        "TRAINYARD_TRACES_RATIO", "1",
                        "TRAINYARD_LOG_FORMAT", "json",
                        "QUARKUS_OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                        "QUARKUS_OTEL_BSP_SCHEDULE_DELAY", "200ms"));
        url = launcher.awaitReady();
        launcher.awaitWorkers();
    }

    @AfterAll
    static void stop() throws Exception {
        launcher.terminate();
        traces.close();
    }

    @Test
    void aPredictionIsOneTraceAndTheBatchIsLinkedToIt() throws Exception {
        assertThat(predict(CLIENT_TRACE, "01").statusCode()).isEqualTo(200);

        Received request = traces.await(
                "the request",
                span -> span.trace().equals(CLIENT_TRACE) && span.span().getKind() == Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(request.service()).isEqualTo(GATEWAY);
        assertThat(request.name()).isEqualTo("POST /api/v1/predict");
        assertThat(request.parent()).isEqualTo(CLIENT_SPAN);
        Received sent = child(request, GATEWAY, "send predict.requests");
        Received processed = child(sent, PREDICTOR, "process predict.requests");
        assertThat(processed.attributes().get("trainyard.outcome")).contains("answered");
        child(processed, GATEWAY, "process predict.replies");
        Received batch = traces.await("the batch", span -> span.links().contains(sent.id()));
        assertThat(batch.service()).isEqualTo(PREDICTOR);
        assertThat(batch.name()).isEqualTo("process predict.requests");
        assertThat(batch.parent()).isEmpty();
        assertThat(batch.trace()).isNotEqualTo(CLIENT_TRACE);
    }

    @Test
    void aTraceThatTheClientDoesNotRecordIsNotRecorded() throws Exception {
        String unrecorded = "4bf92f3577b34da6a3ce929d0e0e4737";
        assertThat(predict(unrecorded, "00").statusCode()).isEqualTo(200);
        String later = "4bf92f3577b34da6a3ce929d0e0e4738";
        assertThat(predict(later, "01").statusCode()).isEqualTo(200);

        traces.await(
                "the later trace",
                span -> span.trace().equals(later) && span.name().equals("process predict.replies"));
        assertThat(traces.all()).noneMatch(span -> span.trace().equals(unrecorded));
    }

    @Test
    void anAttemptIsATraceOfItsOwnLinkedToItsSubmit() throws Exception {
        String key = submit();
        ended(key);

        Received attempt = traces.await(
                "the attempt",
                span -> span.attributes().getOrDefault("trainyard.job.id", "").contains(key));
        assertThat(attempt.service()).isEqualTo(TRAINER);
        assertThat(attempt.name()).isEqualTo("train attempt");
        assertThat(attempt.parent()).isEmpty();
        assertThat(attempt.attributes().get("trainyard.outcome")).contains("succeeded");
        Received sent = traces.await("the sent job", span -> attempt.links().contains(span.id()));
        assertThat(sent.service()).isEqualTo(GATEWAY);
        assertThat(sent.name()).isEqualTo("send train.jobs");
        assertThat(sent.trace()).isNotEqualTo(attempt.trace());
        Received submit = traces.await("the submit", span -> span.id().equals(sent.parent()));
        assertThat(submit.name()).isEqualTo("POST /api/v1/train");
        for (String phase : List.of("dataset", "training", "validation", "checkpoint", "evaluation")) {
            child(attempt, TRAINER, phase);
        }
        traces.await(
                "the events",
                span -> span.name().equals("process train.events")
                        && span.links().contains(attempt.id()));
        assertThat(lines("trainer-1"))
                .anyMatch(line -> line.at("/mdc/jobId").asText().equals(key)
                        && line.at("/mdc/attempt").asText().equals("1")
                        && line.path("service").asText().equals(TRAINER));
    }

    @Test
    void theLogIsOneObjectALineWithTheIdOfTheRequest() throws Exception {
        String key = submit();
        ProcessHandle postgres = launcher.process("postgres");
        try (SuspendedProcess suspended = SuspendedProcess.of(postgres)) {
            postgres.descendants().forEach(ProcessHandle::destroyForcibly); // the connections
            PlatformExtension.await("an answer that the database is unavailable")
                    .until(() -> get("/api/v1/train/" + key).statusCode() == 503);
        }

        PlatformExtension.await("the log").until(() -> lines("gateway-1").stream()
                .anyMatch(line -> line.at("/mdc/requestId").asText().equals("of-a-test")
                        && line.at("/mdc/jobId").asText().equals(key)
                        && line.path("level").asText().equals("WARN")));
        assertThat(lines("predictor-1")).isNotEmpty().allMatch(line -> line.hasNonNull("timestamp"));
        PlatformExtension.await("the database")
                .until(() -> get("/api/v1/train/" + key).statusCode() == 200);
    }

    @Test
    void noSecretAndNoImageIsInATrace() throws Exception {
        PlatformExtension.await("a prediction")
                .until(() -> predict("4bf92f3577b34da6a3ce929d0e0e4739", "01").statusCode() == 200);
        traces.await(
                "the trace",
                span -> span.trace().equals("4bf92f3577b34da6a3ce929d0e0e4739")
                        && span.name().equals("process predict.replies"));
        for (Received span : traces.all()) {
            assertThat(span.span().toString()).doesNotContain(SECRET);
            assertThat(span.attributes().values()).as(span.name()).allMatch(value -> value.length() < 300);
            assertThat(span.attributes().keySet()).noneMatch(key -> key.startsWith("http.request.header"));
        }
    }

    private static Received child(Received parent, String service, String name) {
        Received found = traces.await(
                name, span -> span.parent().equals(parent.id()) && span.name().equals(name));
        assertThat(found.trace()).isEqualTo(parent.trace());
        assertThat(found.service()).isEqualTo(service);
        return found;
    }

    private static HttpResponse<String> predict(String trace, String flags) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(url + "/api/v1/predict"))
                        .header("Content-Type", "image/png")
                        .header("Authorization", "Bearer " + SECRET)
                        .header("Cookie", "session=" + SECRET)
                        .header("traceparent", "00-%s-%s-%s".formatted(trace, CLIENT_SPAN, flags))
                        .POST(HttpRequest.BodyPublishers.ofFile(Path.of("../example/8.png")))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String submit() throws Exception {
        HttpResponse<String> accepted = HTTP.send(
                HttpRequest.newBuilder(URI.create(url + "/api/v1/train"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(PlatformExtension.small(1)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return JSON.readTree(accepted.body()).path("key").asText();
    }

    private static void ended(String key) {
        PlatformExtension.await("the end of the job")
                .until(() -> JSON.readTree(get("/api/v1/train/" + key).body())
                        .path("status")
                        .asText()
                        .equals("success"));
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(url + path))
                        .header("X-Request-Id", "of-a-test")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static List<JsonNode> lines(String process) throws Exception {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(dataDir.resolve("log/" + process + ".log"))) {
            if (line.startsWith("{")) { // what the JVM itself prints has no format
                lines.add(JSON.readTree(line));
            }
        }
        return lines;
    }
}
