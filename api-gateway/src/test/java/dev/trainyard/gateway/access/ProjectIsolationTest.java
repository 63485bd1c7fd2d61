package dev.trainyard.gateway.access;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import dev.trainyard.gateway.http.ApiOperations;
import dev.trainyard.gateway.jobs.TestConfigs;
import dev.trainyard.gateway.models.ModelRouter;
import dev.trainyard.gateway.permission.Role;
import dev.trainyard.gateway.projects.ProjectDirectory;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sends every operation with an object of project alpha as an administrator of project beta. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(TokensProfile.class)
class ProjectIsolationTest {
    private static final String MODEL = "SecretModel";

    /** Streams, which do not end. */
    private static final Set<String> STREAMS = Set.of("/api/v1/train/events");

    /** Only for administrators of all projects. */
    private static final Set<String> PLATFORM =
            Set.of("PUT /api/v1/projects/{project}", "DELETE /api/v1/projects/{project}");

    /** Figures of the whole platform, without anything of a project. */
    private static final Set<String> FIGURES = Set.of("GET /api/v1/pools/{pool}/load");

    /** Bodies that are valid, so that a refusal is due to the project. */
    private static final Map<String, String> BODIES = Map.of(
            "PUT /api/v1/models/{name}/aliases/{alias}",
            "{\"version\":1}",
            "PUT /api/v1/models/{name}/route",
            "{\"canary_share\":0.5}",
            "POST /v2/models/{name}/infer",
            tensor(),
            "POST /v2/models/{name}/versions/{version}/infer",
            tensor());

    @Inject
    AccessTokens tokens;

    @Inject
    TokenDirectory directory;

    @Inject
    ProjectDirectory projects;

    @Inject
    ModelRouter routes;

    @Inject
    Jdbi jdbi;

    private String alpha;
    private String beta;
    private String job;
    private String study;
    private String prediction;
    private String record;

    private static String tensor() {
        return "{\"inputs\":[{\"name\":\"image\",\"datatype\":\"FP32\",\"shape\":[1,784],\"data\":"
                + Collections.nCopies(784, 0) + "}]}";
    }

    @BeforeEach
    void createObjects() {
        jdbi.useHandle(handle ->
                handle.execute("insert into project (name) values ('alpha'), ('beta') on conflict (name) do nothing"));
        projects.refresh();
        alpha = token("alpha");
        beta = token("beta");
        directory.refresh();
        job = submit(alpha, null);
        study = study(alpha);
        jdbi.useHandle(handle -> {
            handle.execute("""
                    insert into model_version (name, version, onnx, metadata, test_accuracy)
                    select 'alpha/SecretModel', 1, onnx, metadata, test_accuracy from model_version
                    where name = 'DigitModel' limit 1 on conflict do nothing
                    """);
            handle.execute("update model_revision set revision = revision + 1");
        });
        routes.refresh();
        prediction = as(alpha)
                .header("Prefer", "respond-async")
                .contentType("image/png")
                .queryParam("model", MODEL)
                .queryParam("version", 1)
                .body(png())
                .post("/api/v1/predict")
                .then()
                .statusCode(202)
                .extract()
                .path("id");
        record = jdbi.withHandle(handle ->
                handle.createQuery("""
                        insert into outbox (topic, record_key, value, tries, refusal, quarantined_at, not_before)
                        values ('train.control', :job, '', 9, 'secret reason', now(), 'infinity') returning id
                        """).bind("job", job).mapTo(String.class).one());
    }

    private static byte[] png() {
        try (var in = ProjectIsolationTest.class.getResourceAsStream("/META-INF/resources/samples/8.png")) {
            return in.readAllBytes();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String token(String project) {
        return tokens.create(
                        new AccessTokens.TokenRequest("admin of " + project, Role.ADMINISTRATOR, project, null, null),
                        "test")
                .orElseThrow()
                .secret()
                .text();
    }

    private static RequestSpecification as(String token) {
        return given().header("Authorization", "Bearer " + token).urlEncodingEnabled(false);
    }

    private static String submit(String token, String idempotencyKey) {
        RequestSpecification request = as(token);
        if (idempotencyKey != null) {
            request.header("Idempotency-Key", idempotencyKey);
        }
        return request.contentType("application/json")
                .body(new String(WireJson.write(TestConfigs.mlp(32, 1)), StandardCharsets.UTF_8))
                .post("/api/v1/train")
                .then()
                .statusCode(202)
                .extract()
                .path("key");
    }

    private static String study(String token) {
        return as(token)
                .contentType("application/json")
                .body("""
                        {"name":"secret study","base":{"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                         "train_args":{"batch_size":32,"epochs":2}},
                         "space":{"/train_args/seed":{"type":"int","min":1,"max":9}},
                         "sampler":{"name":"random"},"limits":{"max_trials":1}}""")
                .post("/api/v1/studies")
                .then()
                .statusCode(201)
                .extract()
                .path("id");
    }

    /** The path to an object of alpha; fails for a parameter that this test does not know. */
    private String path(String template) {
        String path = template.replace("/train/{key}", "/train/" + job)
                .replace("/studies/{id}", "/studies/" + study)
                .replace("/trials/{trial}", "/trials/0")
                .replace("/models/{name}", "/models/" + MODEL)
                .replace("/versions/{version}", "/versions/1")
                .replace("/aliases/{alias}", "/aliases/production")
                .replace("/predictions/{id}", "/predictions/" + prediction)
                .replace("/unsent-records/{id}", "/unsent-records/" + record)
                .replace("/tokens/{id}", "/tokens/" + alpha.split("_")[1])
                .replace("/projects/{project}", "/projects/alpha")
                .replace("/pools/{pool}", "/pools/default");
        assertThat(path).as("an operation that this test does not know").doesNotContain("{");
        return path;
    }

    private Response send(String token, ApiOperations.Operation operation) {
        RequestSpecification request = as(token);
        String body = BODIES.get(operation.method() + " " + operation.template());
        if (body != null) {
            request.contentType("application/json").body(body);
        } else if (!operation.mediaTypes().isEmpty()) {
            request.contentType(operation.mediaTypes().get(0)).body("{}");
        }
        return request.request(operation.method(), path(operation.template()));
    }

    private List<String> state() {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select status || attempt || coalesce(callback_url, '') from job where key = cast(:job as uuid)
                        union all select status || last_event_id from study where id = cast(:study as uuid)
                        union all select name || version || coalesce(deleted_at::text, '') from model_version where project = 'alpha'
                        union all select name || alias || version from model_alias where name like 'alpha/%'
                        union all select name || canary_share from model_route where name like 'alpha/%'
                        union all select id::text || topic || quarantined_at from outbox where id = cast(:record as bigint)
                        union all select id || encode(secret_hash, 'hex') || coalesce(revoked_at::text, '') from access_token
                            where project = 'alpha'
                        union all select name || weight from project
                        """)
                .bind("job", job)
                .bind("study", study)
                .bind("record", record)
                .mapTo(String.class)
                .list());
    }

    @Test
    void everyObjectOfAnotherProjectIsUnknownAndStaysAsItIs() throws Exception {
        List<String> before = state();
        SoftAssertions all = new SoftAssertions();
        for (ApiOperations.Operation operation : ApiOperations.operations()) {
            String name = operation.method() + " " + operation.template();
            if (!operation.template().contains("{") || FIGURES.contains(name)) {
                continue;
            }
            all.assertThat(send(beta, operation).statusCode()).as(name).isEqualTo(PLATFORM.contains(name) ? 403 : 404);
            if (operation.method().equals("GET") && !name.endsWith("/mistakes.png") && !name.endsWith("/events")) {
                all.assertThat(send(alpha, operation).statusCode())
                        .as(name + " by its owner")
                        .isNotIn(401, 403, 404);
            }
        }
        all.assertThat(state()).isEqualTo(before);
        all.assertAll();
    }

    @Test
    void noRequestSelectsOrWaitsForAJobOfAnotherProject() throws Exception {
        List<String> before = state();
        String keys = "{\"action\":\"cancel\",\"keys\":[\"%s\"]}".formatted(job);
        for (String dryRun : List.of("", ",\"dry_run\":true")) {
            act(beta, keys.replace("]}", "]" + dryRun + "}"))
                    .then()
                    .statusCode(200)
                    .body("items[0].outcome", equalTo("refused"))
                    .body("items[0].problem.status", equalTo(404))
                    .body("items[0].status", nullValue());
        }
        act(beta, "{\"action\":\"pause\",\"all\":true}").then().body("items.key", not(hasItem(job)));
        act(beta, "{\"action\":\"pause\",\"filter\":{\"key\":\"%s\"}}".formatted(job))
                .then()
                .body("matched", equalTo(0));
        String config = new String(WireJson.write(TestConfigs.mlp(32, 1)), StandardCharsets.UTF_8);
        as(beta).contentType("application/json")
                .body(config.replaceFirst("\\{", "{\"after\":[\"%s\"],".formatted(job)))
                .post("/api/v1/train")
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("/after/0"))
                .body("errors[0].detail", containsString("there is no job"));
        assertThat(state()).isEqualTo(before);
        act(alpha, keys).then().body("items[0].outcome", equalTo("changed"));
    }

    private static Response act(String token, String body) {
        return as(token).contentType("application/json").body(body).post("/api/v1/train/actions");
    }

    @Test
    void noListShowsAnObjectOfAnotherProject() throws Exception {
        SoftAssertions all = new SoftAssertions();
        for (ApiOperations.Operation operation : ApiOperations.operations()) {
            if (!operation.method().equals("GET")
                    || operation.template().contains("{")
                    || STREAMS.contains(operation.template())) {
                continue;
            }
            String body = send(beta, operation).asString();
            for (String secret : List.of(
                    job, study, "secret study", MODEL, prediction, "secret reason", "alpha", alpha.split("_")[1])) {
                all.assertThat(body).as(operation.toString()).doesNotContain(secret);
            }
        }
        all.assertThat(as(alpha).get("/api/v1/train").asString()).contains(job);
        all.assertThat(as(alpha).get("/api/v1/studies").asString()).contains(study);
        all.assertThat(as(alpha).get("/api/v1/models").asString())
                .contains(MODEL)
                .doesNotContain("alpha/");
        all.assertThat(as(alpha).get("/api/v1/unsent-records").asString()).contains(job);
        all.assertAll();
    }

    @Test
    void actionsOnManyJobsAndDependenciesStayInTheProject() {
        List<String> before = state();
        for (String selection : List.of("\"keys\":[\"%s\"]".formatted(job), "\"filter\":{\"network\":\"mlp\"}")) {
            as(beta).contentType("application/json")
                    .body("{\"action\":\"cancel\",%s}".formatted(selection))
                    .post("/api/v1/train/actions")
                    .then()
                    .statusCode(200);
        }
        String config = new String(WireJson.write(TestConfigs.mlp(32, 1)), StandardCharsets.UTF_8);
        as(beta).contentType("application/json")
                .body(config.substring(0, config.length() - 1) + ",\"after\":[\"%s\"]}".formatted(job))
                .post("/api/v1/train")
                .then()
                .statusCode(422);
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void aModelOfAnotherProjectCannotBeReachedByItsStoredName() {
        String platform = tokens.create(
                        new AccessTokens.TokenRequest("root", Role.ADMINISTRATOR, null, null, null), "test")
                .orElseThrow()
                .secret()
                .text();
        directory.refresh();
        for (String token : List.of(beta, platform)) {
            as(token)
                    .contentType("image/png")
                    .queryParam("model", "alpha/" + MODEL)
                    .body(png())
                    .post("/api/v1/predict")
                    .then()
                    .statusCode(404);
            as(token)
                    .queryParam("name", "alpha/" + MODEL)
                    .get("/api/v1/models")
                    .then()
                    .statusCode(200)
                    .body("models", org.hamcrest.Matchers.empty());
        }
    }

    @Test
    void anIdempotencyKeyIsOfOneProject() {
        String first = submit(alpha, "nightly");
        assertThat(submit(alpha, "nightly")).isEqualTo(first);
        String other = submit(beta, "nightly");
        assertThat(other).isNotEqualTo(first);
        assertThat(as(beta).get("/api/v1/train/" + other).jsonPath().getString("key"))
                .isEqualTo(other);
    }
}
