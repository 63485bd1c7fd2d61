package dev.trainyard.gateway.access;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.gateway.audit.AuditRetention;
import dev.trainyard.gateway.http.ApiOperations;
import dev.trainyard.gateway.jobs.JobStore;
import dev.trainyard.gateway.models.ModelPublisher;
import dev.trainyard.gateway.models.ModelRegistry;
import dev.trainyard.gateway.permission.Role;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.job.PromotionPolicy;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Makes every change that the OpenAPI document has, and reads what the audit log has of it. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(TokensProfile.class)
class AuditTest {
    private static final String AUDIT = "/api/v1/audit";
    private static final String TRAIN = "/api/v1/train";
    private static final String SESSION = "/api/v1/session";
    private static final String PROJECTS = "/api/v1/projects";
    private static final String JSON = "application/json";
    private static final String CONFIG = """
            {"dataset":"MnistDataset","dataset_args":{"image_size":[28,28]},"model":"DigitModel","network":"mlp",
            "network_args":{},"train_args":{"batch_size":32,"epochs":1},"save_weights":true}""";
    private static final byte[] KERAS = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final String READS_ONLY =
            "POST /api/v1/studies/1/replay, POST /api/v1/predict, POST /api/v1/predict/batch, "
                    + "POST /api/v1/session/provider, POST /api/v1/predict/preview, POST /v2/models/1/infer, POST /v2/models/1/versions/1/infer";

    @Inject
    AccessTokens tokens;

    @Inject
    TokenDirectory directory;

    @Inject
    Jdbi jdbi;

    @Inject
    Transactions transactions;

    @Inject
    ModelRegistry registry;

    @Inject
    ArtifactStore artifacts;

    @Inject
    AuditRetention retention;

    @Inject
    JobStore jobs;

    private final String model = "M-" + UUID.randomUUID();
    private final String request = "audit-" + UUID.randomUUID();
    private String token;
    private String tokenId;
    private final Map<String, Supplier<Response>> changes = new TreeMap<>();

    @BeforeEach
    void prepare() {
        AccessTokens.NewToken created = tokens.create(
                        new AccessTokens.TokenRequest("auditor", Role.ADMINISTRATOR, null, null, null), "test")
                .orElseThrow();
        token = created.secret().text();
        tokenId = created.token().id;
        directory.refresh();
        jobChanges();
        studyChanges();
        modelChanges();
        otherChanges();
        sessionChanges();
        projectChanges();
    }

    private RequestSpecification as() {
        return given().header("Authorization", "Bearer " + token).header("X-Request-Id", request);
    }

    private Response submit() {
        return as().contentType(JSON).body(CONFIG).post(TRAIN);
    }

    private String job() {
        return submit().then().statusCode(202).extract().path("key");
    }

    private void set(String key, String assignments) {
        jdbi.useHandle(handle -> handle.execute("update job set " + assignments + " where key = cast(? as uuid)", key));
    }

    private void jobChanges() {
        changes.put("POST /api/v1/train", this::submit);
        changes.put("POST /api/v1/train/1/cancel", () -> as().post(TRAIN + "/" + job() + "/cancel"));
        changes.put("POST /api/v1/train/1/pause", () -> as().post(TRAIN + "/" + job() + "/pause"));
        changes.put("POST /api/v1/train/1/resume", () -> {
            String key = job();
            as().post(TRAIN + "/" + key + "/pause").then().statusCode(200);
            return as().post(TRAIN + "/" + key + "/resume");
        });
        changes.put("POST /api/v1/train/1/retry", () -> {
            String key = job();
            set(key, "status = 'failed', failure_code = 'worker_lost', failure_message = 'test', ended_at = now()");
            return as().post(TRAIN + "/" + key + "/retry");
        });
        changes.put("POST /api/v1/train/1/verify", () -> {
            String key = job();
            set(key, "status = 'success', ended_at = now()");
            int version = version();
            jdbi.useHandle(handle -> handle.execute(
                    "update model_version set job_key = cast(? as uuid) where name = ? and version = ?",
                    key,
                    model,
                    version));
            return as().post(TRAIN + "/" + key + "/verify");
        });
        changes.put("POST /api/v1/train/actions", () -> bulkCancel(job(), job()));
        changes.put("POST /api/v1/models", () -> as().multiPart("model", "model.h5", KERAS)
                .post("/api/v1/models"));
    }

    private void studyChanges() {
        changes.put("POST /api/v1/studies", this::newStudy);
        changes.put("POST /api/v1/studies/1/pause", () -> as().post(study() + "/pause"));
        changes.put("POST /api/v1/studies/1/resume", () -> {
            String study = study();
            as().post(study + "/pause").then().statusCode(200);
            return as().post(study + "/resume");
        });
        changes.put("POST /api/v1/studies/1/cancel", () -> as().post(study() + "/cancel"));
        changes.put(
                "POST /api/v1/studies/1/extend",
                () -> as().contentType(JSON).body("{\"max_trials\":2}").post(study() + "/extend"));
        changes.put("POST /api/v1/studies/1/trials/1/stop", () -> as().post(study() + "/trials/0/stop"));
    }

    private Response newStudy() {
        return as().contentType(JSON).body("""
                        {"name":"audited","base":%s,"space":{"/train_args/seed":{"type":"int","min":1,"max":9}},
                         "sampler":{"name":"random"},"limits":{"max_trials":1}}""".formatted(CONFIG)).post("/api/v1/studies");
    }

    private String study() {
        return "/api/v1/studies/" + newStudy().then().statusCode(201).extract().path("id");
    }

    private Response bulkCancel(String... keys) {
        return as().contentType(JSON)
                .body(Map.of("action", "cancel", "keys", List.of(keys)))
                .post(TRAIN + "/actions");
    }

    private int version() {
        return new ModelPublisher(registry, artifacts).version(model, 0.9, PromotionPolicy.ALWAYS);
    }

    private String models(String path) {
        return "/api/v1/models/" + model + path;
    }

    private void modelChanges() {
        changes.put(
                "PUT /api/v1/models/1/aliases/1",
                () -> as().contentType(JSON).body(Map.of("version", version())).put(models("/aliases/candidate")));
        changes.put("DELETE /api/v1/models/1/aliases/1", () -> {
            version();
            return as().delete(models("/aliases/production"));
        });
        changes.put("PUT /api/v1/models/1/route", () -> {
            version();
            return as().contentType(JSON).body("{\"canary_share\":0.1}").put(models("/route"));
        });
        changes.put("POST /api/v1/models/1/rollback", () -> {
            version();
            version();
            return as().post(models("/rollback"));
        });
        changes.put("POST /api/v1/models/1/versions/1/promote", () -> {
            int first = version();
            version();
            return as().post(models("/versions/" + first + "/promote"));
        });
        changes.put("DELETE /api/v1/models/1/versions/1", () -> {
            int first = version();
            version();
            return as().delete(models("/versions/" + first));
        });
        changes.put("POST /api/v1/models/1/versions/1/release-quarantine", () -> as().post(
                        models("/versions/" + version() + "/release-quarantine")));
        changes.put("DELETE /api/v1/models/1", () -> {
            version();
            return as().delete(models(""));
        });
    }

    private long unsent() {
        return jdbi.withHandle(
                handle -> handle.createQuery("""
                        insert into outbox (topic, record_key, value, tries, refusal, not_before, quarantined_at)
                        values ('test', 'key', 'x', 5, 'refused', 'infinity', now()) returning id
                        """).mapTo(Long.class).one());
    }

    private String otherToken() {
        return tokens.create(new AccessTokens.TokenRequest("other", Role.VIEWER, null, null, null), "test")
                .orElseThrow()
                .token()
                .id;
    }

    private void otherChanges() {
        changes.put("POST /api/v1/unsent-records/1/retry", () -> as().post(
                        "/api/v1/unsent-records/" + unsent() + "/retry"));
        changes.put("DELETE /api/v1/unsent-records/1", () -> as().delete("/api/v1/unsent-records/" + unsent()));
        changes.put("POST /api/v1/tokens", () -> as().contentType(JSON)
                .body("{\"name\":\"x\",\"role\":\"viewer\"}")
                .post("/api/v1/tokens"));
        changes.put("POST /api/v1/tokens/1/rotate", () -> as().post("/api/v1/tokens/" + otherToken() + "/rotate"));
        changes.put("DELETE /api/v1/tokens/1", () -> as().delete("/api/v1/tokens/" + otherToken()));
    }

    private Response project(String name) {
        return as().contentType(JSON).body(Map.of("name", name, "weight", 2)).post(PROJECTS);
    }

    private String newProject() {
        String name = "p-" + UUID.randomUUID().toString().substring(0, 8);
        project(name).then().statusCode(201);
        return name;
    }

    private void projectChanges() {
        changes.put(
                "POST /api/v1/projects",
                () -> project("q-" + UUID.randomUUID().toString().substring(0, 8)));
        changes.put(
                "PUT /api/v1/projects/1",
                () -> as().contentType(JSON).body("{\"weight\":3}").put(PROJECTS + "/" + newProject()));
        changes.put("DELETE /api/v1/projects/1", () -> as().delete(PROJECTS + "/" + newProject()));
    }

    private void sessionChanges() {
        changes.put("POST /api/v1/session", () -> given().header("X-Request-Id", request)
                .contentType(JSON)
                .body(Map.of("token", token))
                .post(SESSION));
        changes.put("DELETE /api/v1/session", () -> {
            Response signedIn =
                    given().contentType(JSON).body(Map.of("token", token)).post(SESSION);
            return given().header("X-Request-Id", request)
                    .header("X-CSRF-Token", signedIn.path("csrf_token").toString())
                    .cookies(signedIn.cookies())
                    .delete(SESSION);
        });
    }

    private long newestEntry() {
        return jdbi.withHandle(handle -> handle.createQuery("select coalesce(max(id), 0) from audit_entry")
                .mapTo(Long.class)
                .one());
    }

    /** Entries of this test's token after {@code id}. */
    private List<String> actionsAfter(long id) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select action from audit_entry where id > :id and actor_kind = 'token' and actor = 'auditor'
                            and actor_id = :token and address = '127.0.0.1' and request_id = :request
                            order by id
                        """)
                .bind("id", id)
                .bind("token", tokenId)
                .bind("request", request)
                .mapTo(String.class)
                .list());
    }

    @Test
    void everyChangeOfTheApiIsRecordedWithItsActor() throws Exception {
        Set<String> known = new HashSet<>(changes.keySet());
        known.addAll(List.of(READS_ONLY.split(", ")));
        List<String> unsafe = ApiOperations.operations().stream()
                .filter(operation -> !operation.method().equals("GET"))
                .map(ApiOperations.Operation::toString)
                .toList();
        assertThat(known).as("every operation that may change something").hasSameElementsAs(unsafe);

        List<String> last = new ArrayList<>();
        changes.forEach((operation, change) -> {
            long before = newestEntry();
            Response answer = change.get();
            assertThat(answer.statusCode())
                    .as(operation + " " + answer.asString())
                    .isBetween(200, 299);
            List<String> actions = actionsAfter(before);
            assertThat(actions).as(operation).isNotEmpty();
            last.add(actions.get(actions.size() - 1));
        });
        assertThat(new HashSet<>(last))
                .as("bulk actions have those of single ones")
                .hasSize(changes.size() - 1);
    }

    @Test
    void refusedRequestsAndRepetitionsAreNotRecorded() {
        String key = job();
        as().post(TRAIN + "/" + key + "/cancel").then().statusCode(200);
        version();
        as().delete(models("")).then().statusCode(204);
        String revoked = otherToken();
        as().delete("/api/v1/tokens/" + revoked).then().statusCode(204);
        String idempotent = UUID.randomUUID().toString();
        RequestSpecification repeated = as().contentType(JSON).body(CONFIG).header("Idempotency-Key", idempotent);
        repeated.post(TRAIN).then().statusCode(202);
        long before = newestEntry();

        as().post(TRAIN + "/" + key + "/cancel").then().statusCode(200);
        as().post(TRAIN + "/" + key + "/pause").then().statusCode(409);
        as().contentType(JSON).body("{}").post(TRAIN).then().statusCode(422);
        as().contentType(JSON)
                .body(CONFIG)
                .header("Idempotency-Key", idempotent)
                .post(TRAIN)
                .then()
                .statusCode(202);
        as().delete(models("")).then().statusCode(204);
        as().contentType(JSON)
                .body("{\"canary_share\":1}")
                .put(models("/route"))
                .then()
                .statusCode(410);
        as().delete("/api/v1/tokens/" + revoked).then().statusCode(204);
        as().delete("/api/v1/unsent-records/999999").then().statusCode(404);
        as().contentType(JSON).body("{}").post("/api/v1/tokens").then().statusCode(422);

        assertThat(actionsAfter(before)).isEmpty();
    }

    @Test
    void aChangeThatIsRolledBackIsNotRecorded() {
        long before = newestEntry();
        AccessTokens.TokenRequest rolledBack =
                new AccessTokens.TokenRequest("rolled back", Role.VIEWER, null, null, null);

        assertThatThrownBy(() -> transactions.run(() -> {
                    tokens.create(rolledBack, "test");
                    throw new IllegalStateException("after the change");
                }))
                .hasMessage("after the change");

        List<String> names =
                jdbi.withHandle(handle -> handle.createQuery("select detail ->> 'name' from audit_entry where id > :id")
                        .bind("id", before)
                        .mapTo(String.class)
                        .list());
        assertThat(names).doesNotContain("rolled back");
    }

    @Test
    void everyJobOfABulkActionIsRecorded() {
        String first = job();
        String second = job();
        String ended = job();
        bulkCancel(ended).then().statusCode(200);
        long before = newestEntry();

        bulkCancel(first, second, ended).then().statusCode(200);

        assertThat(actionsAfter(before)).containsExactly("job.cancel", "job.cancel");
    }

    @Test
    void administratorsOfAProjectSeeItsChangesOnly() {
        String project = newProject();
        String member = tokens.create(
                        new AccessTokens.TokenRequest("member", Role.ADMINISTRATOR, project, null, null), "test")
                .orElseThrow()
                .secret()
                .text();
        directory.refresh();
        RequestSpecification asMember = given().header("Authorization", "Bearer " + member);
        String key = asMember.contentType(JSON)
                .body(CONFIG)
                .post(TRAIN)
                .then()
                .statusCode(202)
                .extract()
                .path("key");
        String foreign = job();

        given().header("Authorization", "Bearer " + member)
                .get(AUDIT)
                .then()
                .statusCode(200)
                .body("entries.action", equalTo(List.of("job.submit", "token.create", "project.create")))
                .body("entries[0].object.id", equalTo(key))
                .body("entries.project.unique()", equalTo(List.of(project)));
        for (String filter : List.of("object=" + foreign, "project=default")) {
            given().header("Authorization", "Bearer " + member)
                    .get(AUDIT + "?" + filter)
                    .then()
                    .statusCode(200)
                    .body("entries", hasSize(0));
        }
        as().get(AUDIT + "?project=" + project).then().body("entries", hasSize(3));
    }

    @Test
    void aProjectDoesNotShowTheChangesOfADeletedOneOfTheSameName() {
        String project = newProject();
        as().delete(PROJECTS + "/" + project).then().statusCode(204);
        project(project).then().statusCode(201);
        String member = tokens.create(
                        new AccessTokens.TokenRequest("member", Role.ADMINISTRATOR, project, null, null), "test")
                .orElseThrow()
                .secret()
                .text();
        directory.refresh();

        for (String filter : List.of("", "?project=" + project, "?since=2020-01-01T00:00:00Z")) {
            given().header("Authorization", "Bearer " + member)
                    .get(AUDIT + filter)
                    .then()
                    .statusCode(200)
                    .body("entries.action", equalTo(List.of("token.create", "project.create")));
        }
        as().get(AUDIT + "?project=" + project)
                .then()
                .body(
                        "entries.action",
                        equalTo(List.of("token.create", "project.create", "project.delete", "project.create")));
    }

    @Test
    void actionsOnUnsentRecordsBelongToTheProjectOfTheJob() {
        String project = newProject();
        String key = as().header("Trainyard-Project", project)
                .contentType(JSON)
                .body(CONFIG)
                .post(TRAIN)
                .then()
                .statusCode(202)
                .extract()
                .path("key");
        Map<String, String> expected = Map.of(key, project, "models/" + key, "default");
        expected.forEach((recordKey, owner) -> {
            long id = jdbi.withHandle(handle -> handle.createUpdate("""
                            insert into outbox (topic, record_key, value, tries, refusal, quarantined_at, not_before)
                            values ('x', ?, '', 1, 'test', now(), 'infinity')
                            """)
                    .bind(0, recordKey)
                    .executeAndReturnGeneratedKeys("id")
                    .mapTo(Long.class)
                    .one());
            as().delete("/api/v1/unsent-records/" + id).then().statusCode(204);
            as().get(AUDIT + "?action=unsent-record.drop&object=" + id)
                    .then()
                    .body("entries.project", equalTo(List.of(owner)));
        });
    }

    @Test
    void secretsAreNotRecorded() {
        long before = newestEntry();
        String secret = as().contentType(JSON)
                .body("{\"name\":\"secret\",\"role\":\"viewer\",\"scopes\":[\"read\"],\"expires_in\":\"PT1H\"}")
                .post("/api/v1/tokens")
                .then()
                .statusCode(201)
                .extract()
                .path("token");

        String entry = jdbi.withHandle(
                handle -> handle.createQuery("select cast(audit_entry as text) from audit_entry where id > :id")
                        .bind("id", before)
                        .mapTo(String.class)
                        .one());

        assertThat(entry).contains("secret", "viewer", "PT1H").doesNotContain(secret, secret.substring(20));
    }

    @Test
    void theLogIsPaginatedAndFiltered() {
        String key = job();
        as().post(TRAIN + "/" + key + "/pause").then().statusCode(200);
        as().post(TRAIN + "/" + key + "/resume").then().statusCode(200);

        String cursor = as().get(AUDIT + "?limit=2&object=" + key)
                .then()
                .statusCode(200)
                .body("entries.action", equalTo(List.of("job.resume", "job.pause")))
                .body("entries[0].actor.name", equalTo("auditor"))
                .body("entries[0].actor.id", equalTo(tokenId))
                .body("entries[0].object.kind", equalTo("job"))
                .extract()
                .path("next_cursor");
        as().get(AUDIT + "?limit=2&object=" + key + "&cursor=" + cursor)
                .then()
                .statusCode(200)
                .body("entries.action", equalTo(List.of("job.submit")))
                .body("entries[0].detail.network", equalTo("mlp"))
                .body("next_cursor", equalTo(null));
        for (String filter : List.of(
                "action=job.pause",
                "actor=auditor&action=job.pause",
                "actor=" + tokenId + "&action=job.pause",
                "project=default&action=job.pause&since=2020-01-01T00:00:00Z")) {
            as().get(AUDIT + "?object=" + key + "&" + filter).then().body("entries", hasSize(1));
        }
        for (String filter : List.of(
                "actor=nobody",
                "project=other",
                "until=2020-01-01T00:00:00Z",
                "since=2999-01-01T00:00:00Z",
                "action=job.cancel")) {
            as().get(AUDIT + "?object=" + key + "&" + filter).then().body("entries", hasSize(0));
        }
    }

    @Test
    void invalidParametersAreReportedTogether() {
        as().urlEncodingEnabled(false)
                .get(AUDIT + "?action=job.explode&since=yesterday&limit=0&cursor=x&actor=%00")
                .then()
                .statusCode(422)
                .body("errors.pointer", hasSize(5))
                .body("errors.detail.join(' ')", containsString("job.submit"));
    }

    @Test
    void entriesCannotBeChangedOrDeletedBeforeTheirTime() {
        job();
        for (String statement : List.of(
                "update audit_entry set actor = 'somebody'",
                "delete from audit_entry",
                "set local trainyard.audit_retention = 'on'; delete from audit_entry",
                "truncate audit_entry")) {
            assertThatThrownBy(() -> jdbi.useTransaction(
                            handle -> handle.createScript(statement).execute()))
                    .as(statement)
                    .isInstanceOf(UnableToExecuteStatementException.class)
                    .hasMessageContaining("append-only");
        }
    }

    @Test
    void onlyExpiredEntriesAreDeleted() {
        String object = UUID.randomUUID().toString();
        for (int days : List.of(1, 20, 400)) {
            jdbi.useHandle(handle -> handle.execute("""
                    insert into audit_entry (at, actor_kind, actor, action, object_kind, object_id, project, detail)
                    values (now() - make_interval(days => ?), 'anyone', 'anyone', 'job.submit', 'job', ?, 'default', '{}')
                    """, days, object));
        }

        retention.deleteOld(Duration.ofDays(365), 100);

        as().get(AUDIT + "?object=" + object).then().body("entries", hasSize(2));
    }

    @Test
    void theGatewayItselfIsAnActor() {
        String id = otherToken();

        as().get(AUDIT + "?object=" + id)
                .then()
                .body("entries[0].actor.kind", equalTo("platform"))
                .body("entries[0].detail.name", equalTo("other"));
    }

    /** Also if the request of a user makes the study decide. */
    @Test
    void jobsOfTrialsAreSubmittedByThePlatform() {
        String study = as().contentType(JSON)
                .body("""
                        {"name":"audited","base":%s,"space":{"/train_args/seed":{"type":"int","min":1,"max":9}},
                         "sampler":{"name":"random"},"limits":{"max_trials":2,"parallel_trials":1}}""".formatted(CONFIG))
                .post("/api/v1/studies")
                .then()
                .statusCode(201)
                .extract()
                .path("id");
        as().post("/api/v1/studies/%s/trials/0/stop".formatted(study)).then().statusCode(200);

        List<String> jobs = as().get("/api/v1/studies/%s/trials".formatted(study))
                .then()
                .body("trials", hasSize(2))
                .extract()
                .path("trials.job");
        for (int trial = 0; trial < 2; trial++) {
            as().get(AUDIT + "?object=" + jobs.get(trial) + "&action=job.submit")
                    .then()
                    .body("entries", hasSize(1))
                    .body("entries[0].actor.kind", equalTo("platform"))
                    .body("entries[0].detail.study", equalTo(study))
                    .body("entries[0].detail.trial", equalTo(trial));
        }
        as().get(AUDIT + "?object=" + study + "&action=study.trial.stop")
                .then()
                .body("entries[0].actor.name", equalTo("auditor"))
                .body("entries[0].detail.trial", equalTo(0));
    }

    @Test
    void refusalsAreCountedByReason() {
        double unauthenticated = denials("unauthenticated");
        double forbidden = denials("forbidden");
        double csrf = denials("csrf");
        String viewer = tokens.create(new AccessTokens.TokenRequest("v", Role.VIEWER, null, null, null), "test")
                .orElseThrow()
                .secret()
                .text();
        directory.refresh();

        given().get(TRAIN).then().statusCode(401);
        given().header("Authorization", "Bearer " + viewer).get(AUDIT).then().statusCode(403);
        as().header("Origin", "https://evil.example.org")
                .post(TRAIN + "/x/cancel")
                .then()
                .statusCode(403);

        assertThat(denials("unauthenticated")).isEqualTo(unauthenticated + 1);
        assertThat(denials("forbidden")).isEqualTo(forbidden + 1);
        assertThat(denials("csrf")).isEqualTo(csrf + 1);
    }

    private double denials(String reason) {
        String prefix = "trainyard_access_denials_total{reason=\"" + reason + "\"";
        String metrics = new String(as().get("/q/metrics").asByteArray(), StandardCharsets.UTF_8);
        return metrics.lines()
                .filter(line -> line.startsWith(prefix))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf("} ") + 2)))
                .sum();
    }
}
