package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Live updates of the web page: queue positions, job changes, workers and topics. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class LiveUpdatesTest {
    private static final String CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
             "train_args":{"batch_size":32,"epochs":2},"promote":"never"}""";

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    @TestHTTPResource("/api/v1/train/events")
    URI changes;

    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
    private FakeTrainer trainer;

    @BeforeEach
    void startTheTrainer() {
        trainer = new FakeTrainer(kafka, artifacts);
    }

    @AfterEach
    void closeAll() throws Exception {
        trainer.close();
        for (AutoCloseable line : open) {
            line.close();
        }
    }

    @Test
    void theQueuePositionOfAJobDecreasesWhenAJobBeforeItLeaves() throws Exception {
        String first = submit();
        String second = submit();
        String third = submit();
        int place = job(first).getInt("queue_position");
        assertThat(place).isPositive();
        assertThat(job(third).getInt("queue_position")).isEqualTo(place + 2);
        JsonPath list = get("/api/v1/train?limit=3").jsonPath();
        assertThat(list.getList("jobs.queue_position", Integer.class)).containsExactly(place + 2, place + 1, place);

        trainer.take(second, 1).claim();
        await().untilAsserted(() -> assertThat(job(second).getString("status")).isEqualTo("training_in_progress"));
        assertThat(job(second).getString("queue_position")).isNull();
        assertThat(job(third).getInt("queue_position")).isEqualTo(place + 1);
        assertThat(get("/api/v1/train?limit=3").jsonPath().getList("jobs.queue_position", Integer.class))
                .containsExactly(place + 1, null, place);
    }

    /**
     * While another client stays connected, each change is published once, so a client that reconnects after the end
     * receives it only as a missed change.
     */
    @Test
    void aReconnectingClientReceivesMissedChanges() throws Exception {
        Watcher stays = watch(null);
        Watcher leaves = watch(null);
        stays.awaitLine("event:ready");
        leaves.awaitLine("event:ready");
        String key = submit();
        FakeTrainer.Run run = trainer.take(key, 1).claim();
        run.report(new TrainEvent.Progress(1, 0.75, 0.25, 3000, 12));
        for (Watcher watcher : List.of(stays, leaves)) {
            watcher.awaitLine("data:", key, "\"status\":\"training_in_progress\"", "\"progress\":0.25");
        }
        leaves.close();
        String last = leaves.lastId();

        post("/api/v1/train/{key}/cancel", key).then().statusCode(200);
        stays.awaitLine(key, "\"status\":\"cancelled\"");
        watch(last).awaitLine(key, "\"status\":\"cancelled\"");
        assertThat(leaves.heard).noneMatch(line -> line.contains(key) && line.contains("\"status\":\"cancelled\""));
        given().header("Last-Event-ID", "x")
                .get(changes)
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("Last-Event-ID"));
    }

    @Test
    void theSystemStatusListsRunningAndQueuedJobs() throws Exception {
        String key = submit();
        FakeTrainer.Run run = trainer.take(key, 1).claim();
        run.report(new TrainEvent.Heartbeat());
        trainer.sendEvent("system-test", "{".getBytes(StandardCharsets.UTF_8));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            JsonPath system =
                    get("/api/v1/system").then().statusCode(200).extract().jsonPath();
            assertThat(system.getString("trouble")).isNull();
            assertThat(system.getString("workers.find { it.running?.key == '%s' }.name".formatted(key)))
                    .isEqualTo("test-trainer");
            assertThat(system.getLong("dead_letters.total")).isPositive();
        });
        JsonPath system = get("/api/v1/system").jsonPath();
        String worker = "workers.find { it.name == 'test-trainer' }.";
        assertThat(system.getString(worker + "state")).isEqualTo("running");
        assertThat(system.getString(worker + "running.network")).isEqualTo("mlp");
        assertThat(Instant.parse(system.getString(worker + "last_heartbeat")))
                .isBetween(Instant.now().minusSeconds(30), Instant.now().plusSeconds(5));
        assertThat(system.getList("topics.topic"))
                .isEqualTo(List.of(Topics.PREDICT_REQUESTS, Topics.TRAIN_EVENTS, Topics.TRAIN_JOBS));
        // no trainer is in the group, so all dispatches wait
        assertThat(system.getLong("topics.find { it.topic == 'train.jobs' }.lag"))
                .isPositive();
        assertThat(system.getLong("dead_letters.topics.find { it.topic == 'train.events.dlq' }.count"))
                .isPositive();
        assertThat(system.getInt("jobs.training_in_progress")).isPositive();
        assertThat(system.getString("versions.postgresql")).isNotBlank();
        assertThat(system.getString("versions.kafka_client")).isNotBlank();
        get("/api/v1/train?status=training_in_progress").then().body("jobs.key", hasItem(key));
    }

    private Watcher watch(String lastEventId) {
        Watcher watcher = new Watcher(changes, lastEventId);
        open.add(watcher);
        return watcher;
    }

    /** A client of the stream of changes. */
    private static final class Watcher implements AutoCloseable {
        final List<String> heard = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Stream<String>> lines;

        Watcher(URI changes, String lastEventId) {
            HttpRequest.Builder request = HttpRequest.newBuilder(changes).header("Accept", "text/event-stream");
            if (lastEventId != null) {
                request.header("Last-Event-ID", lastEventId);
            }
            lines = HttpClient.newHttpClient()
                    .sendAsync(request.build(), HttpResponse.BodyHandlers.ofLines())
                    .thenApply(HttpResponse::body);
            Thread listening = new Thread(() -> {
                try {
                    lines.join().forEach(heard::add);
                } catch (UncheckedIOException e) {
                    // this watcher left
                }
            });
            listening.setDaemon(true);
            listening.start();
        }

        /** Waits for a line that contains all of {@code parts}. */
        void awaitLine(String... parts) {
            await().atMost(Duration.ofSeconds(10)).until(() -> heard.stream()
                    .anyMatch(line -> Arrays.stream(parts).allMatch(line::contains)));
        }

        String lastId() {
            return heard.stream()
                    .filter(line -> line.startsWith("id:"))
                    .reduce((a, b) -> b)
                    .orElseThrow()
                    .substring("id:".length())
                    .strip();
        }

        @Override
        public void close() {
            lines.join().close();
        }
    }

    private static String submit() {
        return given().contentType("application/json")
                .body(CONFIG)
                .post("/api/v1/train")
                .then()
                .statusCode(202)
                .extract()
                .path("key");
    }

    private static JsonPath job(String key) {
        return get("/api/v1/train/" + key).then().statusCode(200).extract().jsonPath();
    }
}
