package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.gateway.problem.ProblemMapper;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clients that abandon a response affect no other client and cause no error in the log. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class AbandonedRequestsTest {
    private static final Set<Thread.State> WAITING = EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

    /** Enough jobs that a list of them is sent in several pieces. */
    private static final int JOBS = 50;

    private static final String LIST = "api/v1/train?limit=" + JOBS;

    private static final String CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
             "train_args":{"batch_size":32,"epochs":2},"promote":"never"}""";

    @TestHTTPResource("/")
    URI server;

    private final List<String> jobs = new ArrayList<>();

    @BeforeEach
    void submitJobs() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
        for (int i = 0; i < JOBS; i++) {
            jobs.add(given().contentType("application/json")
                    .body(CONFIG)
                    .post("/api/v1/train")
                    .then()
                    .statusCode(202)
                    .extract()
                    .path("key"));
        }
    }

    /** Simulated trainers of other tests would train these jobs first. */
    @AfterEach
    void cancelJobs() {
        jobs.forEach(job -> post("/api/v1/train/{key}/cancel", job).then().statusCode(200));
    }

    /** The client offers HTTP/2, which is Java's default; over HTTP/2 all requests would share a connection. */
    @Test
    void anAbandonedRequestFreesCapacityForOthersOfItsClient() throws Exception {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        AtomicInteger lines = new AtomicInteger();
        HttpResponse<Stream<String>> news = http.send(request("api/v1/train/events"), BodyHandlers.ofLines());
        CompletableFuture<Void> end =
                CompletableFuture.runAsync(() -> news.body().forEach(line -> lines.incrementAndGet()));
        await().untilAsserted(() -> assertThat(lines).hasPositiveValue());

        for (int i = 0; i < 100; i++) {
            HttpResponse<InputStream> list = http.send(request(LIST), BodyHandlers.ofInputStream());
            assertThat(list.statusCode()).isEqualTo(200);
            list.body().close();
        }

        assertThat(http.send(request("api/v1/models"), BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
        assertThat(end).as("the stream of news").isNotDone();
        news.body().close();
    }

    @Test
    void aClientThatDisconnectsWithoutReadingBlocksNoThreadAndLogsNoError() throws Exception {
        Logger problems = Logger.getLogger(ProblemMapper.class.getPackageName());
        Records records = new Records();
        problems.setLevel(Level.FINE);
        problems.addHandler(records);
        try {
            requestMuchAndLeave();
            // pipelined requests are dropped with their connection
            await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(20)).until(() -> !isWaitingToWrite());
            get("/api/v1/models").then().statusCode(200);
        } finally {
            problems.removeHandler(records);
            problems.setLevel(null);
        }
        assertThat(records.all)
                .allSatisfy(record -> assertThat(record.getMessage()).contains("client disconnected"));
    }

    /** Sends requests until the responses exceed all buffers, and reads none of them. */
    private void requestMuchAndLeave() throws Exception {
        byte[] list = "GET /%s HTTP/1.1\r\nHost: %s\r\n\r\n"
                .formatted(LIST, server.getAuthority())
                .getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
            for (int i = 0; i < 1000; i++) {
                socket.getOutputStream().write(list);
            }
            for (int i = 0; i < 20; i++) {
                get("/api/v1/models").then().statusCode(200);
                assertThat(isWaitingToWrite()).isFalse();
            }
            socket.setSoLinger(true, 0); // so that it is cut off, what was sent and not read with it
        }
    }

    /** A thread that only passes through the method does not wait. */
    private static boolean isWaitingToWrite() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> WAITING.contains(thread.getKey().getState()))
                .flatMap(thread -> Stream.of(thread.getValue()))
                .anyMatch(frame -> frame.getMethodName().equals("awaitWriteable"));
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(server.resolve(path))
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    private static final class Records extends Handler {
        private final List<LogRecord> all = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord record) {
            all.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
