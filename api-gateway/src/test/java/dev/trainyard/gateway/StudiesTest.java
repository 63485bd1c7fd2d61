package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.not;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Studies through the API, on a real database and broker; the test simulates the trainer. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(ShortTimesProfile.class)
class StudiesTest {
    private static final String STUDIES = "/api/v1/studies";
    private static final String REQUEST = """
            {"name":"search","base":{"dataset":"MnistDataset","model":"DigitModel","network":"mlp","promote":"always",
              "train_args":{"batch_size":32,"epochs":2}},
             "space":{"/train_args/learning_rate":{"type":"float","min":0.001,"max":0.1,"scale":"log"}%s},
             "sampler":{"name":"random","seed":1},%s
             "limits":{"max_trials":%d,"parallel_trials":%d},"publish":"%s"}""";

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    private FakeTrainer trainer;

    @BeforeEach
    void startTheTrainer() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
        trainer = new FakeTrainer(kafka, artifacts);
    }

    @AfterEach
    void stopTheTrainer() {
        trainer.close();
    }

    private static Response send(String body, String query, String key) {
        return given().contentType("application/json")
                .header("Idempotency-Key", key)
                .body(body)
                .post(STUDIES + query);
    }

    private static String create(String body) {
        Response created = send(body, "", UUID.randomUUID().toString());
        assertThat(created.statusCode()).as(created.asString()).isEqualTo(201);
        assertThat(created.header("Location")).endsWith(STUDIES + "/" + created.path("id"));
        return created.path("id");
    }

    private static String job(String study, int trial) {
        return await().until(
                        () -> get(STUDIES + "/" + study + "/trials")
                                .jsonPath()
                                .getString("trials[%d].job".formatted(trial)),
                        key -> key != null);
    }

    private static void awaitStatus(String study, String status) {
        await().atMost(Duration.ofSeconds(30)).until(() -> get(STUDIES + "/" + study)
                .jsonPath()
                .getString("status")
                .equals(status));
    }

    @Test
    void theBestTrialIsPublishedAtTheEnd() throws Exception {
        String study = create(REQUEST.formatted("", "", 2, 2, "best"));
        String worse = job(study, 0);
        String better = job(study, 1);
        get("/api/v1/train").then().body("jobs.key", not(hasItem(better)));
        get("/api/v1/train?study=" + study)
                .then()
                .body("jobs.key", hasItems(worse, better))
                .body("jobs.find { it.key == '%s' }.trial".formatted(better), equalTo(1));

        trainer.take(better, 1).claim().epoch(1, 0.4).epoch(2, 0.1).succeed(0.9);
        await().until(() ->
                get("/api/v1/train/" + better).jsonPath().getString("status").equals("success"));
        assertThat(get("/api/v1/train/" + better).jsonPath().getString("model")).isNull();
        trainer.take(worse, 1).claim().epoch(1, 0.4).epoch(2, 0.3).succeed(0.9);
        awaitStatus(study, "completed");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> get(STUDIES + "/" + study).jsonPath().getString("model.name") != null);

        get(STUDIES + "/" + study)
                .then()
                .body("end_reason", equalTo("completed"))
                .body("summary.completed", equalTo(2))
                .body("summary.best.trial", equalTo(1));
        get(STUDIES + "/" + study + "/best").then().body("job", equalTo(better)).body("value", equalTo(0.9f));
        int version = get(STUDIES + "/" + study).jsonPath().getInt("model.version");
        get("/api/v1/models/DigitModel/versions/" + version)
                .then()
                .body("job_key", equalTo(better))
                .body("active", equalTo(true));
        assertThat(get("/api/v1/train/" + worse).jsonPath().getString("model")).isNull();
        post(STUDIES + "/" + study + "/replay").then().statusCode(200).body("same", equalTo(true));
        String events = get(STUDIES + "/" + study + "/events").asString();
        assertThat(events).contains("event:suggest", "event:epoch", "event:ended", "event:published", "event:end");
        assertThat(given().header("Last-Event-ID", "3")
                        .get(STUDIES + "/" + study + "/events")
                        .asString())
                .startsWith("id:4")
                .contains("event:end");
        given().header("Last-Event-ID", "999")
                .get(STUDIES + "/" + study + "/events")
                .then()
                .statusCode(422);
    }

    @Test
    void aTrialThatIsPromotedContinuesItsJob() throws Exception {
        String study = create(REQUEST.formatted(
                "", "\"pruner\":{\"name\":\"asha\",\"eta\":2,\"min_epochs\":1,\"max_epochs\":2},", 2, 2, "none"));
        FakeTrainer.Run first = trainer.take(job(study, 0), 1).claim();
        assertThat(first.job.holdAfterEpoch()).isEqualTo(1);
        first.epoch(1, 0.5);
        trainer.take(job(study, 1), 1).claim().epoch(1, 0.2);
        FakeTrainer.Run promoted = trainer.take(job(study, 1), 2);
        assertThat(promoted.job.holdAfterEpoch()).isNull();
        assertThat(promoted.job.history()).hasSize(1);
        assertThat(promoted.job.checkpoints()).hasSize(1);
        promoted.claim().epoch(2, 0.1).succeed(0.9);
        awaitStatus(study, "completed");
        assertThat(get(STUDIES + "/" + study + "/trials").jsonPath().getList("trials.state"))
                .isEqualTo(List.of("pruned", "completed"));
        assertThat(get("/api/v1/train/" + job(study, 1)).jsonPath().getList("transitions.reason"))
                .isEqualTo(List.of("submitted", "claimed", "rung", "promoted", "claimed", "completed"));
        get("/api/v1/train/" + job(study, 0))
                .then()
                .body("status", equalTo("cancelled"))
                .body("transitions.reason", hasItem("study_ended"));
    }

    @Test
    void aStudyIsControlledByItsActions() {
        String study = create(REQUEST.formatted("", "", 3, 1, "none"));
        get(STUDIES + "/" + study + "/best").then().statusCode(409);
        post(STUDIES + "/" + study + "/pause").then().statusCode(200).body("status", equalTo("paused"));
        get("/api/v1/train/" + job(study, 0)).then().body("status", equalTo("paused"));
        post(STUDIES + "/" + study + "/resume").then().statusCode(200).body("status", equalTo("running"));
        post(STUDIES + "/" + study + "/trials/0/stop").then().statusCode(200).body("state", equalTo("pruned"));
        post(STUDIES + "/" + study + "/trials/9/stop").then().statusCode(404);
        post(STUDIES + "/" + study + "/trials/x/stop").then().statusCode(404);
        given().contentType("application/json")
                .body("{\"max_trials\":4}")
                .post(STUDIES + "/" + study + "/extend")
                .then()
                .statusCode(200)
                .body("limits.max_trials", equalTo(4));
        given().contentType("application/json")
                .body("{\"max_trials\":1,\"x\":1}")
                .post(STUDIES + "/" + study + "/extend")
                .then()
                .statusCode(422)
                .body("errors.pointer", equalTo(List.of("/max_trials", "/x")));
        post(STUDIES + "/" + study + "/cancel").then().statusCode(200).body("status", equalTo("cancelled"));
        get("/api/v1/train/" + job(study, 1)).then().body("status", equalTo("cancelled"));
        post(STUDIES + "/" + study + "/pause").then().statusCode(409);
        get(STUDIES).then().statusCode(200).body("studies.id", hasItem(study));
        get(STUDIES + "?limit=0").then().statusCode(422);
        get(STUDIES + "/" + UUID.randomUUID()).then().statusCode(404);
    }

    @Test
    void aRepeatedRequestIsOneStudyAndADryRunIsNone() {
        String body = REQUEST.formatted("", "", 3, 1, "none");
        int before = get(STUDIES + "?limit=500").jsonPath().getList("studies").size();
        send(body, "?dry_run=true", "dry")
                .then()
                .statusCode(200)
                .body("trials", equalTo(3))
                .body("epochs_at_most", equalTo(6));
        String key = UUID.randomUUID().toString();
        String id = send(body, "", key).then().statusCode(201).extract().path("id");
        assertThat(send(body, "", key).<String>path("id")).isEqualTo(id);
        send(REQUEST.formatted("", "", 4, 1, "none"), "", key).then().statusCode(422);
        assertThat(get(STUDIES + "?limit=500").jsonPath().getList("studies")).hasSize(before + 1);
        post(STUDIES + "/" + id + "/cancel").then().statusCode(200);
    }

    @Test
    void errorsPointToTheValuesThatLeadToThem() {
        send(
                        REQUEST.formatted(
                                ",\"/train_args/batch_size\":{\"type\":\"int\",\"min\":0,\"max\":9000}",
                                "",
                                3,
                                1,
                                "none"),
                        "",
                        "a")
                .then()
                .statusCode(422)
                .body(
                        "errors.pointer",
                        hasItems("/space/~1train_args~1batch_size/min", "/space/~1train_args~1batch_size/max"));
        send(
                        REQUEST.formatted(
                                ",\"/save_weights\":{\"type\":\"categorical\",\"values\":[true]}", "", 3, 1, "none"),
                        "",
                        "b")
                .then()
                .statusCode(422)
                .body("errors.pointer", hasItem("/space/~1save_weights"));
        send("{\"name\":\"\",\"base\":[],\"space\":{},\"limits\":{},\"smpler\":1}", "", "c")
                .then()
                .statusCode(422)
                .body("errors.pointer", hasItems("/name", "/base", "/space", "/limits/max_trials", "/smpler"));
        send(REQUEST.formatted("", "\"enqueue\":[{\"/train_args/learning_rate\":5}],", 3, 1, "none"), "", "d")
                .then()
                .statusCode(422)
                .body("errors.pointer", hasItem("/enqueue/0/~1train_args~1learning_rate"));
        send(REQUEST.formatted("", "\"warm_start\":[\"%s\"],".formatted(UUID.randomUUID()), 3, 1, "none"), "", "e")
                .then()
                .statusCode(422)
                .body("errors.pointer", hasItem("/warm_start/0"));
    }
}
