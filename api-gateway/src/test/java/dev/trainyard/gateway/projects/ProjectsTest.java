package dev.trainyard.gateway.projects;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.trainyard.gateway.jobs.TestConfigs;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** Projects and their quotas on a gateway without tokens, where a client chooses the project by the header. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class ProjectsTest {
    private static final String PROJECTS = "/api/v1/projects";
    private static final String TRAIN = "/api/v1/train";
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @Inject
    Jdbi jdbi;

    private static RequestSpecification json(Object body) {
        return given().contentType("application/json").body(body);
    }

    private static String create(Map<String, Object> limits) {
        String name = "quotas-" + NUMBER.incrementAndGet();
        Map<String, Object> body = new HashMap<>(limits);
        body.put("name", name);
        json(body).post(PROJECTS).then().statusCode(201).body("name", equalTo(name));
        return name;
    }

    private static RequestSpecification training(String project) {
        TrainingConfig config = TestConfigs.mlp(32, 1);
        return json(new String(WireJson.write(config), StandardCharsets.UTF_8)).header("Trainyard-Project", project);
    }

    private static ValidatableResponse submit(String project) {
        return training(project).post(TRAIN).then();
    }

    private static int epochs() {
        return TestConfigs.mlp(32, 1).trainArgs().epochs();
    }

    @Test
    void aProjectIsCreatedChangedAndDeleted() {
        String name = create(Map.of("weight", 3, "max_queued", 7));
        given().get(PROJECTS)
                .then()
                .body("projects.find { it.name == '%s' }.weight".formatted(name), equalTo(3))
                .body("projects.find { it.name == '%s' }.max_queued".formatted(name), equalTo(7));

        json(Map.of("weight", 2, "max_running", 4))
                .put(PROJECTS + "/" + name)
                .then()
                .statusCode(200)
                .body("max_running", equalTo(4))
                .body("max_queued", nullValue());
        json(Map.of("name", name)).post(PROJECTS).then().statusCode(409);

        given().delete(PROJECTS + "/" + name).then().statusCode(204);
        given().delete(PROJECTS + "/" + name).then().statusCode(404);
        json(Map.of("weight", 2)).put(PROJECTS + "/" + name).then().statusCode(404);
        given().get(PROJECTS + "/" + name + "/usage").then().statusCode(404);
        submit(name).statusCode(404);
    }

    @Test
    void aProjectThatIsNotEmptyIsNotDeletedAndSaysWhatRemains() {
        String name = create(Map.of());
        submit(name).statusCode(202);

        given().delete(PROJECTS + "/" + name).then().statusCode(409).body("detail", containsString("1 jobs"));
        given().delete(PROJECTS + "/default").then().statusCode(409);
        submit(name).statusCode(202);
    }

    @Test
    void invalidProjectsSayWhatToChange() {
        Map<Map<String, Object>, String> errors = Map.of(
                Map.of(), "/name",
                Map.of("name", "No Name"), "/name",
                Map.of("name", "x", "weight", 0), "/weight",
                Map.of("name", "x", "weight", 1001), "/weight",
                Map.of("name", "x", "max_queued", -1), "/max_queued",
                Map.of("name", "x", "max_running", 1.5), "/max_running",
                Map.of("name", "x", "epochs_per_day", "1"), "/epochs_per_day",
                Map.of("name", "x", "quota", 1), "/quota");
        errors.forEach((body, pointer) ->
                json(body).post(PROJECTS).then().statusCode(422).body("errors.pointer", hasItem(pointer)));
        given().get(PROJECTS + "/No-Name/usage").then().statusCode(404);
    }

    @Test
    void aStudyIsNotResumedOverTheQuotaOfQueuedJobs() {
        String name = create(Map.of("max_queued", 2));
        String base = new String(WireJson.write(TestConfigs.mlp(32, 1)), StandardCharsets.UTF_8);
        String study = training(name)
                .body("""
                        {"name":"two trials","base":%s,"space":{"/train_args/seed":{"type":"int","min":1,"max":9}},
                         "sampler":{"name":"random"},"limits":{"max_trials":2,"parallel_trials":2}}""".formatted(base))
                .post("/api/v1/studies")
                .then()
                .statusCode(201)
                .extract()
                .path("id");
        String path = "/api/v1/studies/" + study;
        training(name).body("").post(path + "/pause").then().statusCode(200);
        submit(name).statusCode(202);

        training(name)
                .body("")
                .post(path + "/resume")
                .then()
                .statusCode(429)
                .body("detail", containsString("The quota max_queued of project " + name));
        given().header("Trainyard-Project", name).get(path).then().body("status", equalTo("paused"));
    }

    @Test
    void concurrentSubmissionsDoNotExceedTheQuotaOfQueuedJobs() throws Exception {
        String name = create(Map.of("max_queued", 5));
        ExecutorService clients = Executors.newFixedThreadPool(16);
        List<Future<Integer>> answers = new ArrayList<>();
        jdbi.useTransaction(handle -> {
            // until several submissions are in their transactions
            handle.execute("select 1 from project where name = ? for no key update", name);
            for (int i = 0; i < 16; i++) {
                answers.add(clients.submit(() -> training(name).post(TRAIN).statusCode()));
            }
            await().until(() -> blocked() >= 3);
        });
        List<Integer> statuses = new ArrayList<>();
        for (Future<Integer> answer : answers) {
            statuses.add(answer.get());
        }
        clients.shutdown();

        assertThat(statuses).filteredOn(status -> status == 202).hasSize(5);
        assertThat(statuses).containsOnly(202, 429);
        submit(name).statusCode(429).header("Retry-After", notNullValue()).body("detail", containsString("max_queued"));
        given().get(PROJECTS + "/" + name + "/usage")
                .then()
                .body("max_queued.used", equalTo(5))
                .body("max_queued.limit", equalTo(5))
                .body("epochs_per_day.used", equalTo(5 * epochs()))
                .body("max_running.limit", nullValue());
        submit("default").statusCode(202);
    }

    private long blocked() {
        return jdbi.withHandle(handle -> handle.createQuery("select count(*) from pg_locks where not granted")
                .mapTo(Long.class)
                .one());
    }

    @Test
    void aPausedJobCountsAgainWhenItIsResumed() {
        String name = create(Map.of("max_queued", 1));
        String paused = submit(name).statusCode(202).extract().path("key");
        act(name, paused, "pause").statusCode(200);
        String queued = submit(name).statusCode(202).extract().path("key");

        act(name, paused, "resume").statusCode(429).body("detail", containsString("max_queued"));

        act(name, queued, "cancel").statusCode(200);
        act(name, paused, "resume").statusCode(200);
    }

    private static ValidatableResponse act(String project, String key, String action) {
        return given().header("Trainyard-Project", project)
                .post(TRAIN + "/" + key + "/" + action)
                .then();
    }

    @Test
    void epochsFreeADayAfterTheirSubmission() {
        String name = create(Map.of("epochs_per_day", 2 * epochs()));
        String first = submit(name).statusCode(202).extract().path("key");
        submit(name).statusCode(202);
        jdbi.useHandle(handle -> handle.execute(
                "update job set created_at = now() - interval '23 hours' where key = cast(? as uuid)", first));

        String retryAfter = submit(name)
                .statusCode(429)
                .body("detail", containsString("epochs_per_day"))
                .extract()
                .header("Retry-After");
        assertThat(Integer.parseInt(retryAfter)).isBetween(3_500, 3_600);

        jdbi.useHandle(handle -> handle.execute(
                "update job set created_at = now() - interval '25 hours' where key = cast(? as uuid)", first));
        submit(name).statusCode(202);
    }

    @Test
    void aJobThatNeverFitsIsInvalid() {
        String name = create(Map.of("epochs_per_day", epochs() - 1));
        submit(name).statusCode(422).body("errors.pointer", hasItem("/train_args/epochs"));
    }

    /** Its epochs are those of the verified job, so that the client cannot choose fewer. */
    @Test
    void aVerificationThatNeverFitsNamesTheQuota() {
        String name = create(Map.of());
        String key = submit(name).statusCode(202).extract().path("key");
        jdbi.useHandle(handle -> {
            handle.execute("update job set status = 'success', ended_at = now() where key = cast(? as uuid)", key);
            handle.execute("""
                    insert into model_version (name, version, job_key, onnx, metadata, test_accuracy)
                    select ? || '/M', 1, cast(? as uuid), onnx, metadata, test_accuracy from model_version
                    where name = 'DigitModel' limit 1
                    """, name, key);
        });
        json(Map.of("epochs_per_day", epochs() - 1))
                .put(PROJECTS + "/" + name)
                .then()
                .statusCode(200);

        given().header("Trainyard-Project", name)
                .post(TRAIN + "/" + key + "/verify")
                .then()
                .statusCode(429)
                .header("Retry-After", notNullValue())
                .body("detail", containsString("epochs_per_day"))
                .body("detail", containsString("administrator"));
    }

    @Test
    void checkpointsAndUploadsCountAsStoredBytes() {
        String name = create(Map.of());
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            keys.add(submit(name).statusCode(202).extract().path("key"));
        }
        jdbi.useHandle(handle -> {
            handle.execute("""
                    insert into job_epoch (job_key, epoch, attempt, train_loss, train_accuracy, seconds, checkpoint)
                    select cast(? as uuid), epoch, 1, 1, 1, 1, case when epoch > 1 then
                        jsonb_build_object('path', 'p' || epoch, 'sha256', 'x', 'size', 100) end
                    from generate_series(1, 3) epoch
                    """, keys.get(0));
            handle.execute("""
                    update job set partial_checkpoint = '{"epoch":3,"artifact":{"path":"p","sha256":"x","size":20}}'
                    where key = cast(? as uuid)
                    """, keys.get(0));
            for (String key : keys.subList(1, 3)) {
                handle.execute("""
                        update job set config = '{"network":"imported","source":{"file":{"sha256":"a","size":3}}}'
                        where key = cast(? as uuid)
                        """, key);
            }
        });

        given().get(PROJECTS + "/" + name + "/usage").then().body("stored_bytes.used", equalTo(223));
        jdbi.useHandle(handle ->
                handle.execute("update job set status = 'cancelled', ended_at = now() where project = ?", name));
        given().get(PROJECTS + "/" + name + "/usage").then().body("stored_bytes.used", equalTo(220));
    }

    @Test
    void storedBytesAreThoseOfTheModels() {
        String name = create(Map.of("stored_bytes", 1));
        submit(name).statusCode(202);
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into model_version (name, version, onnx, metadata, test_accuracy)
                        select :name || '/M', 1, onnx, metadata, test_accuracy from model_version
                        where name = 'DigitModel' limit 1
                        """).bind("name", name).execute());

        submit(name).statusCode(429).body("detail", containsString("stored_bytes"));
        given().get(PROJECTS + "/" + name + "/usage").then().body("stored_bytes.used", greaterThan(1));
    }

    @Test
    void predictionsOverTheQuotaAreRefusedBeforeTheyAreSent() {
        String name = create(Map.of("predictions_per_second", 1));
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            statuses.add(given().header("Trainyard-Project", name)
                    .contentType("image/png")
                    .body(new byte[] {1})
                    .post("/api/v1/predict")
                    .statusCode());
        }
        assertThat(statuses).contains(429).doesNotContain(200);
        given().contentType("image/png")
                .body(new byte[] {1})
                .post("/api/v1/predict")
                .then()
                .statusCode(415);
    }
}
