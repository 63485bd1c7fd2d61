package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.message.PredictReply;
import dev.trainyard.message.Topics;
import dev.trainyard.standalone.testing.TopicInspector;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fifty clients send all kinds of requests while the database or broker is frozen, killed or unreachable. */
@Tag("full")
@QuarkusTest
@TestProfile(OutageTest.Breakable.class)
class OutageTest {
    public static class Breakable implements QuarkusTestProfile {
        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(FaultInjectionPlatform.class));
        }

        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("trainyard.rate.submits-per-second", "100000");
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(OutageTest.class);
    /** Guaranteed response time. */
    private static final Duration PROMISED = Duration.ofSeconds(2);

    private static final String NOTHING = "nothing";
    /** Greatest allowance for a busy machine; a longer response time is a fault of the gateway. */
    private static final Duration MAX_ALLOWANCE = Duration.ofSeconds(1);
    /** Attempts, because a busy machine may exceed the time once. */
    private static final int ROUNDS = 3;

    private static final int CLIENTS = 50;
    /** Pause between the requests of a client, so that the machine is not the bottleneck. */
    private static final Duration THINKING = Duration.ofMillis(200);
    /** Connections to the database that requests share. */
    private static final int POOL = 16;

    private static final String CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp","train_args":{"batch_size":32,"epochs":2}}""";

    @Inject
    Jdbi background;

    @Inject
    @Identifier("edge")
    Jdbi edge;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final FaultInjectionPlatform platform = FaultInjectionPlatform.present();
    private String job;
    private Duration longestBeforeTheFault = Duration.ZERO;

    /** @param key of the job that was accepted; null for none */
    private record Response(
            String what, int status, String retryAfter, String body, String idempotencyKey, Duration took) {
        String jobKey() {
            return body.replaceAll(".*\"key\":\"([^\"]*)\".*", "$1");
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private interface Question {
        HttpRequest.Builder ask() throws IOException;
    }

    @BeforeEach
    void awaitTheGateway() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get("/q/health/ready").statusCode() == 200);
        job = given().contentType("application/json")
                .body(CONFIG)
                .post("/api/v1/train")
                .jsonPath()
                .getString("key");
    }

    @AfterEach
    void mendEverything() throws IOException {
        platform.mend();
    }

    @Test
    void aFrozenDatabaseIsReportedInTimeByEveryEndpoint() throws Exception {
        promised("frozen database", ofTheDatabase(), platform::freezePostgres, platform::thawPostgres);
    }

    @Test
    void aKilledDatabaseIsReportedInTimeByEveryEndpoint() throws Exception {
        promised("killed database", ofTheDatabase(), platform::killPostgres, platform::startPostgres);
    }

    @Test
    void brokenIdleConnectionsCauseNoFailedRequest() throws Exception {
        // connections are opened on demand, which takes time
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(atOnce("/api/v1/train?limit=1")).containsOnly(200));
        try (Connection admin = DriverManager.getConnection(
                platform.cluster().url(platform.postgresPort()),
                "trainyard",
                platform.cluster().password())) {
            admin.createStatement()
                    .execute("select pg_terminate_backend(pid) from pg_stat_activity "
                            + "where usename = 'trainyard' and pid <> pg_backend_pid()");
        }
        assertThat(atOnce("/api/v1/train?limit=1")).containsOnly(200);
    }

    @Test
    void theLocksOfAFrozenGatewayAreReleased() {
        for (Jdbi jdbi : List.of(background, edge)) {
            String limit = jdbi.withHandle(
                    handle -> handle.createQuery("select current_setting('idle_in_transaction_session_timeout')")
                            .mapTo(String.class)
                            .one());
            assertThat(limit).isEqualTo("20s");
        }
    }

    @Test
    void aFrozenBrokerIsReportedInTimeAndSubmissionsAreStored() throws Exception {
        try (FakePredictor predictor =
                new FakePredictor(Map.of("bootstrap.servers", platform.bootstrapServers()), request -> answered())) {
            drained(promised("frozen broker", ofTheBroker(), platform::freezeKafka, platform::thawKafka));
            assertThat(predictor.last()).isNotNull();
        }
    }

    @Test
    void aKilledBrokerIsReportedInTimeAndSubmissionsAreStored() throws Exception {
        try (FakePredictor predictor =
                new FakePredictor(Map.of("bootstrap.servers", platform.bootstrapServers()), request -> answered())) {
            drained(promised("killed broker", ofTheBroker(), platform::killKafka, platform::startKafka));
            assertThat(predictor.last()).isNotNull();
        }
    }

    private static PredictReply.Outcome answered() {
        return new PredictReply.Answered("DigitModel", 1, 8, new float[] {0, 0, 0, 0, 0, 0, 0, 0, 1, 0}, null);
    }

    /** No request exceeds the guaranteed time or gets an internal error, and no accepted job is lost. */
    private List<Response> promised(String fault, Map<String, Question> questions, Step breaking, Step mending)
            throws Exception {
        List<Response> all = new ArrayList<>();
        Duration late = null;
        for (int round = 0; round < ROUNDS && (late == null || late.compareTo(Duration.ZERO) > 0); round++) {
            Map<Boolean, List<Response>> answers = whileAllAsk(questions, breaking, mending).stream()
                    .collect(Collectors.partitioningBy(answer -> answer.what().equals(NOTHING)));
            // requests that need only the gateway, and those before the fault, depend on the load of this machine
            Duration busy = longer(longest(fault, answers.get(true)), longestBeforeTheFault);
            late = longest(fault, answers.get(false))
                    .minus(PROMISED)
                    .minus(busy.compareTo(MAX_ALLOWANCE) < 0 ? busy : MAX_ALLOWANCE);
            all.addAll(answers.get(false));
        }
        assertThat(all)
                .allSatisfy(
                        answer -> assertThat(answer.status()).as("%s", answer).isIn(200, 202, 404, 409, 503));
        List<Response> away =
                all.stream().filter(answer -> answer.status() == 503).toList();
        assertThat(away).isNotEmpty().allSatisfy(answer -> {
            assertThat(answer.retryAfter()).as("%s", answer).isNotNull();
            assertThat(answer.body()).contains("\"detail\"");
        });
        assertThat(late).as("longer than guaranteed").isLessThanOrEqualTo(Duration.ZERO);
        for (Response submit : all) {
            if (submit.idempotencyKey() != null) {
                Response again = ask(submit.what(), submit(submit.idempotencyKey()));
                assertThat(again.status()).as("%s", again).isEqualTo(202);
                assertThat(submit.status() == 202 ? submit.jobKey() : again.jobKey())
                        .isEqualTo(again.jobKey());
            }
        }
        return all;
    }

    private void drained(List<Response> answers) {
        Set<String> accepted = answers.stream()
                .filter(answer -> answer.status() == 202)
                .map(Response::jobKey)
                .collect(Collectors.toSet());
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        TopicInspector.read(Map.of("bootstrap.servers", platform.bootstrapServers()), Topics.TRAIN_JOBS)
                                .stream()
                                .map(message -> new String(message.key(), StandardCharsets.UTF_8))
                                .collect(Collectors.toSet())
                                .containsAll(accepted));
    }

    private static Duration longest(String fault, List<Response> answers) {
        new TreeMap<>(answers.stream().collect(Collectors.groupingBy(answer -> answer.what() + " " + answer.status())))
                .forEach((what, ofIt) -> LOG.info(
                        "{}: {} {} times, at most {} ms",
                        fault,
                        what,
                        ofIt.size(),
                        ofIt.stream()
                                .mapToLong(answer -> answer.took().toMillis())
                                .max()
                                .orElse(0)));
        return answers.stream()
                .map(Response::took)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private List<Response> whileAllAsk(Map<String, Question> questions, Step breaking, Step mending) throws Exception {
        Queue<Response> answers = new ConcurrentLinkedQueue<>();
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger next = new AtomicInteger();
        List<String> names = List.copyOf(questions.keySet());
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Thread client = new Thread(() -> {
                while (!over.get()) {
                    String name = names.get(next.getAndIncrement() % names.size());
                    answers.add(ask(name, questions.get(name)));
                    answers.add(ask(NOTHING, () -> at("/q/health/live")));
                    LockSupport.parkNanos(THINKING.toNanos());
                }
            });
            client.start();
            clients.add(client);
        }
        try {
            await().until(() -> answers.size() > 20 * names.size());
            longestBeforeTheFault = answers.stream().map(Response::took).reduce(Duration.ZERO, OutageTest::longer);
            breaking.run();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> answers.stream()
                                    .filter(answer -> answer.status() == 503)
                                    .count()
                            > 2 * CLIENTS);
            Thread.sleep(1_000); // the fault lasts a while longer: also who comes late is answered in time
            mending.run();
            await().atMost(Duration.ofSeconds(60)).until(() -> names.stream()
                    .allMatch(name -> ask(name, questions.get(name)).status() != 503));
        } finally {
            over.set(true);
            for (Thread client : clients) {
                client.join();
            }
        }
        return List.copyOf(answers);
    }

    private List<Integer> atOnce(String path) {
        return java.util.stream.IntStream.range(0, POOL)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> ask(path, () -> at(path)).status()))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
    }

    private Map<String, Question> ofTheDatabase() {
        Map<String, Question> all = new TreeMap<>();
        all.put("submit", submit(null));
        all.put("submit with a key", () -> submit(UUID.randomUUID().toString()).ask());
        all.put("status", () -> at("/api/v1/train/" + job));
        all.put("list", () -> at("/api/v1/train?limit=5"));
        all.put("events", () -> at("/api/v1/train/" + UUID.randomUUID() + "/events"));
        all.put("models", () -> at("/api/v1/models"));
        all.put("model", () -> at("/api/v1/models/DigitModel/versions/1"));
        all.put("model file", () -> at("/api/v1/models/DigitModel/versions/1/model.onnx"));
        all.put("promote", () -> post("/api/v1/models/DigitModel/versions/1/promote"));
        for (String action : List.of("pause", "resume", "retry", "verify")) {
            all.put(action, () -> post("/api/v1/train/" + job + "/" + action));
        }
        all.put("cancel", () -> post("/api/v1/train/" + UUID.randomUUID() + "/cancel"));
        return all;
    }

    private Map<String, Question> ofTheBroker() throws IOException {
        byte[] png = Files.readAllBytes(Path.of("../example/8.png"));
        Map<String, Question> all = new TreeMap<>();
        all.put("submit", submit(null));
        all.put("status", () -> at("/api/v1/train/" + job));
        all.put("dead letters", () -> at("/api/v1/dead-letters?limit=20"));
        all.put("predict", () -> at("/api/v1/predict")
                .header("Content-Type", "image/png")
                .POST(HttpRequest.BodyPublishers.ofByteArray(png)));
        return all;
    }

    private static Question submit(String idempotencyKey) {
        return () -> {
            HttpRequest.Builder request = at("/api/v1/train")
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(CONFIG));
            return idempotencyKey == null ? request : request.header("Idempotency-Key", idempotencyKey);
        };
    }

    private static HttpRequest.Builder post(String path) {
        return at(path).POST(HttpRequest.BodyPublishers.noBody());
    }

    private static HttpRequest.Builder at(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + RestAssured.port + path));
    }

    private Response ask(String what, Question question) {
        long start = System.nanoTime();
        try {
            HttpRequest request = question.ask().build();
            String key = request.headers().firstValue("Idempotency-Key").orElse(null);
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            String retryAfter = answer.headers().firstValue("Retry-After").orElse(null);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            return new Response(what, answer.statusCode(), retryAfter, answer.body(), key, took);
        } catch (IOException | InterruptedException e) {
            return new Response(what, 0, null, e.toString(), null, Duration.ofNanos(System.nanoTime() - start));
        }
    }
}
