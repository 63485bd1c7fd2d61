package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.message.PredictReply;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Effect of a slow or greedy client on other clients at each kind of endpoint, and the time until it ends. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(ClientIsolationTest.ShortLimits.class)
class ClientIsolationTest {
    private static final int CONNECTIONS = 250;
    private static final int SAMPLES = 150;
    private static final int ROUNDS = 8;
    /** Largest p99 of other clients, as a multiple of its normal value. */
    private static final double BOUND = 5;
    /** Generous for a busy machine; a blocked gateway needs many times as long. */
    private static final Duration PROMPT = Duration.ofSeconds(2);

    /** More than the number of worker threads. */
    private static final int WORKER_THREADS = 1_000;

    private static final int OVER_MILLIS = 60_000;
    private static final float[] PROBABILITIES = {0, 0, 0, 0, 0, 0, 0, 0, 0.75f, 0.25f};

    public static class ShortLimits implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "trainyard.http.body-time", "4s",
                    "trainyard.http.body-grace", "2s",
                    "trainyard.http.head-time", "3s",
                    "trainyard.http.idle-time", "3s",
                    "trainyard.http.write-time", "3s",
                    "trainyard.predict.timeout", "2s");
        }
    }

    /** Bytes sent on each connection; responses are not read. */
    enum Attack {
        SLOW_TRAIN_BODY("POST /api/v1/train HTTP/1.1", "Content-Type: application/json\r\nContent-Length: 9000", "{"),
        SLOW_BATCH_BODY(
                "POST /api/v1/predict/batch HTTP/1.1",
                "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 900000",
                "--b\r\n"),
        SLOW_IMAGE("POST /api/v1/predict HTTP/1.1", "Content-Type: image/png\r\nContent-Length: 9000", "\u0089PNG"),
        SLOW_IMAGE_PART(
                "POST /api/v1/predict HTTP/1.1",
                "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000",
                "--b\r\n"),
        SLOW_IMPORT(
                "POST /api/v1/models HTTP/1.1",
                "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000",
                "--b\r\n"),
        SLOW_TENSORS("POST /v2/models/DigitModel/infer HTTP/1.1", "Content-Length: 9000", "{"),
        SLOW_ALIAS(
                "PUT /api/v1/models/DigitModel/aliases/best HTTP/1.1",
                "Content-Type: application/json\r\nContent-Length: 90",
                "{"),
        SLOW_BODY_FOR_NOBODY("POST /no/such/path HTTP/1.1", "Content-Length: 9000", "a"),
        CHUNKS_WITHOUT_END(
                "POST /api/v1/train HTTP/1.1",
                "Content-Type: application/json\r\nTransfer-Encoding: chunked",
                "1\r\n{\r\n"),
        CONTINUE_THAT_NEVER_COMES(
                "POST /api/v1/train HTTP/1.1",
                "Content-Type: application/json\r\nContent-Length: 90\r\nExpect: 100-continue",
                ""),
        SLOW_HEAD("GET /api/v1/train HTTP/1.1\r\nX-A: 1\r\nX-", null, null),
        SILENT_CONNECTIONS("", null, null),
        UNREAD_LISTS("GET /api/v1/models HTTP/1.1", "X-Many: 1", null),
        UNREAD_DESCRIPTIONS("GET /q/openapi HTTP/1.1", "X-Many: 1", null),
        UNREAD_PAGE_FILES("GET /index.html HTTP/1.1", "X-Many: 1", null),
        FLOOD_OF_PAGE_FILES("GET /index.html HTTP/1.1", "X-Very-Many: 1", null),
        UNREAD_STREAMS("GET /api/v1/train/events HTTP/1.1", "Accept: text/event-stream", "");

        private final String text;

        Attack(String first, String headers, String body) {
            String whole = headers == null ? first : first + "\r\nHost: localhost\r\n" + headers + "\r\n\r\n";
            this.text = headers != null && body == null
                    ? whole.repeat(headers.contains("Very") ? 400 : 20)
                    : whole + (body == null ? "" : body);
        }

        boolean isUnread() {
            return name().startsWith("UNREAD") || this == FLOOD_OF_PAGE_FILES;
        }

        boolean isEndedByTheGateway() {
            return this != UNREAD_STREAMS; // they may be read later
        }
    }

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @TestHTTPResource
    URI gateway;

    private final HttpClient client = HttpClient.newHttpClient();
    private byte[] png;

    @BeforeEach
    void awaitTheGateway() throws Exception {
        png = Files.readAllBytes(Path.of("../example/8.png"));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
    }

    @ParameterizedTest
    @EnumSource
    void aSlowOrStalledClientDelaysNoOtherAndIsDisconnected(Attack attack) throws Exception {
        try (FakePredictor predictor = new FakePredictor(kafka, request -> answer(3))) {
            p99(); // so that what runs for the first time is not measured
            double best = Double.MAX_VALUE;
            for (int round = 0; round < ROUNDS && best > BOUND; round++) {
                long normal = p99();
                try (SlowClients slow = new SlowClients(gateway.getPort(), CONNECTIONS, attack.text)) {
                    assertThat(liveness()).as("liveness").isLessThan(PROMPT);
                    best = Math.min(best, (double) p99() / normal);
                    given().get("/api/v1/train?limit=1").then().statusCode(200);
                    if (attack.isEndedByTheGateway()) {
                        assertThat(attack.isUnread() ? slow.areDisconnected(OVER_MILLIS) : slow.areEnded(OVER_MILLIS))
                                .as("over")
                                .isTrue();
                    }
                }
            }
            assertThat(best)
                    .as("p99 of the others, as a multiple of its normal value")
                    .isLessThanOrEqualTo(BOUND);
            assertThat(predictor.isAlive()).isTrue();
        }
    }

    /** Requests that predictors do not answer hold places for 2 s; one client may not hold all of them. */
    @Test
    void manyPredictionsOfOneClientLeaveRoomForTheOthers() throws Exception {
        byte[] silent = NumberedPng.of(png, 9);
        String head =
                "POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n"
                        .formatted(silent.length);
        byte[] request = Arrays.copyOf(head.getBytes(StandardCharsets.ISO_8859_1), head.length() + silent.length);
        System.arraycopy(silent, 0, request, head.length(), silent.length);
        try (FakePredictor predictor =
                        new FakePredictor(kafka, asked -> Arrays.equals(asked.value(), silent) ? null : answer(3));
                SlowClients greedy = new SlowClients(gateway.getPort(), 1_100, request)) {
            for (int i = 0; i < 20; i++) {
                assertThat(predict()).isEqualTo(200);
            }
            assertThat(predictor.isAlive()).isTrue();
        }
    }

    /** All worker threads wait, as for a slow database. */
    @Test
    void healthAndPredictionsNeedNoWorkerThread() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (FakePredictor predictor = new FakePredictor(kafka, request -> answer(3))) {
            for (int i = 0; i < WORKER_THREADS; i++) {
                Infrastructure.getDefaultWorkerPool().execute(() -> awaitQuietly(over));
            }
            assertThat(liveness()).isLessThan(PROMPT);
            given().get("/q/health/ready").then().statusCode(200);
            assertThat(predict()).isEqualTo(200);
            assertThat(predictor.isAlive()).isTrue();
        } finally {
            over.countDown();
        }
        given().get("/api/v1/train?limit=1").then().statusCode(200);
    }

    private static void awaitQuietly(CountDownLatch over) {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static PredictReply.Outcome answer(int version) {
        return new PredictReply.Answered("DigitModel", version, 8, PROBABILITIES, null);
    }

    private long p99() throws Exception {
        long[] nanos = new long[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            long start = System.nanoTime();
            assertThat(predict()).isEqualTo(200);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos[SAMPLES * 99 / 100 - 1];
    }

    private int predict() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(gateway.resolve("/api/v1/predict"))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "image/png")
                .POST(HttpRequest.BodyPublishers.ofByteArray(png))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    /** Returns the shortest of several, because a busy machine may delay any single one. */
    private Duration liveness() throws Exception {
        Duration best = probe();
        for (int i = 0; i < 4 && best.compareTo(PROMPT) >= 0; i++) {
            Duration next = probe();
            best = next.compareTo(best) < 0 ? next : best;
        }
        return best;
    }

    private Duration probe() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(gateway.resolve("/q/health/live"))
                .timeout(Duration.ofSeconds(30))
                .build();
        long start = System.nanoTime();
        assertThat(client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(200);
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
