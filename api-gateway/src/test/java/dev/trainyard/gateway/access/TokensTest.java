package dev.trainyard.gateway.access;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.trainyard.gateway.permission.Role;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(TokensProfile.class)
class TokensTest {
    private static final String TOKENS = "/api/v1/tokens";
    private static final String ME = "/api/v1/me";
    /** Every gateway refuses a revoked token within this time. */
    private static final Duration EVERYWHERE = Duration.ofSeconds(2);

    @Inject
    AccessTokens tokens;

    @Inject
    TokenDirectory directory;

    @Inject
    TokenUses uses;

    @Inject
    Jdbi jdbi;

    private String administrator;

    @BeforeEach
    void createAdministrator() {
        administrator = tokens.create(
                        new AccessTokens.TokenRequest("root", Role.ADMINISTRATOR, null, null, null), "test")
                .orElseThrow()
                .secret()
                .text();
        directory.refresh();
    }

    private static RequestSpecification as(String token) {
        return given().header("Authorization", "Bearer " + token);
    }

    private JsonPath create(Map<String, Object> body) {
        return as(administrator)
                .contentType("application/json")
                .body(body)
                .post(TOKENS)
                .then()
                .statusCode(201)
                .extract()
                .jsonPath();
    }

    private void awaitStatus(String token, int status) {
        await().atMost(EVERYWHERE.multipliedBy(5))
                .untilAsserted(() -> as(token).get(ME).then().statusCode(status));
    }

    @Test
    void aNewTokenIsShownOnceAndOnlyItsHashIsStored() {
        JsonPath created = create(Map.of("name", "nightly", "role", "submitter", "expires_in", "P90D"));

        String token = created.getString("token");
        assertThat(token).matches("ty_[0-9a-f]{16}_[0-9a-f]{64}");
        awaitStatus(token, 200);
        as(token)
                .get(ME)
                .then()
                .body("name", equalTo("nightly"))
                .body("role", equalTo("submitter"))
                .body("permissions", equalTo(List.of("metrics", "predict", "read", "submit")))
                .body("mode", equalTo("tokens"));
        String secret = token.substring(token.lastIndexOf('_') + 1);
        as(administrator)
                .get(TOKENS)
                .then()
                .statusCode(200)
                .body(not(containsString(secret)))
                .body("tokens.id", hasItem(created.getString("id")))
                .body("tokens.find { it.name == 'nightly' }.created_by", equalTo("root"));
        List<String> rows = jdbi.withHandle(handle -> handle.createQuery("select access_token::text from access_token")
                .mapTo(String.class)
                .list());
        assertThat(rows).noneMatch(row -> row.contains(secret));
    }

    @Test
    void aRevokedTokenIsRefused() {
        JsonPath created = create(Map.of("name", "short-lived", "role", "viewer"));
        awaitStatus(created.getString("token"), 200);

        as(administrator).delete(TOKENS + "/" + created.getString("id")).then().statusCode(204);

        awaitStatus(created.getString("token"), 401);
        as(administrator).delete(TOKENS + "/" + created.getString("id")).then().statusCode(204);
    }

    /** As if another gateway had revoked it and its notification were lost. */
    @Test
    void aRevocationWithoutNotificationIsFoundByTheNextPoll() {
        JsonPath created = create(Map.of("name", "elsewhere", "role", "viewer"));
        awaitStatus(created.getString("token"), 200);

        jdbi.useHandle(handle -> handle.createUpdate(
                        "update access_token set revoked_at = now(), revision = nextval('access_token_revision') where id = :id")
                .bind("id", created.getString("id"))
                .execute());

        awaitStatus(created.getString("token"), 401);
    }

    @Test
    void aRotatedTokenHasANewSecret() {
        JsonPath created = create(Map.of("name", "rotated", "role", "viewer"));
        awaitStatus(created.getString("token"), 200);

        String next = as(administrator)
                .post(TOKENS + "/" + created.getString("id") + "/rotate")
                .then()
                .statusCode(200)
                .extract()
                .path("token");

        awaitStatus(next, 200);
        awaitStatus(created.getString("token"), 401);
    }

    @Test
    void anExpiredTokenIsRefused() {
        JsonPath created = create(Map.of("name", "expires", "role", "viewer", "expires_in", "PT1S"));
        awaitStatus(created.getString("token"), 401);
    }

    @Test
    void scopesNarrowTheRole() {
        JsonPath created = create(Map.of("name", "narrow", "role", "operator", "scopes", List.of("predict")));
        String token = created.getString("token");
        awaitStatus(token, 200);

        as(token).get("/api/v1/train").then().statusCode(403).body("detail", containsString("GET /api/v1/train"));
        as(token).get("/api/v1/predictions/1").then().statusCode(404);
    }

    @Test
    void usesAreRecorded() {
        JsonPath created = create(Map.of("name", "used", "role", "viewer"));
        awaitStatus(created.getString("token"), 200);

        uses.flush();

        as(administrator)
                .get(TOKENS)
                .then()
                .body("tokens.find { it.id == '%s' }.last_used_at".formatted(created.getString("id")), notNullValue());
    }

    @Test
    void aTokenForMetricsReadsFiguresAndNothingElse() {
        String metrics = create(Map.of("name", "keda", "role", "viewer", "scopes", List.of("metrics")))
                .getString("token");
        awaitStatus(metrics, 200);
        as(metrics)
                .get("/api/v1/pools/gpu/load")
                .then()
                .statusCode(200)
                .body("pool", equalTo("gpu"))
                .body("queued", equalTo(0))
                .body("running", equalTo(0))
                .body("demand", equalTo(0));
        as(metrics)
                .get("/api/v1/pools/GPU/load")
                .then()
                .statusCode(404)
                .body("detail", containsString("1 to 32 small letters"));
        as(metrics).get("/q/metrics").then().statusCode(200);
        for (String path : List.of("/api/v1/system", "/api/v1/train", "/api/v1/models", "/v2/models/DigitModel")) {
            as(metrics).get(path).then().statusCode(403);
        }
        String reader = create(Map.of("name", "reader", "role", "viewer", "scopes", List.of("read")))
                .getString("token");
        awaitStatus(reader, 200);
        as(reader).get("/q/metrics").then().statusCode(200);
        as(reader).get("/api/v1/pools/gpu/load").then().statusCode(200);
    }

    @Test
    void invalidRequestsSayWhatToChange() {
        Map<Map<String, Object>, String> errors = new HashMap<>(Map.of(
                Map.of("role", "viewer"), "/name",
                Map.of("name", "x"), "/role",
                Map.of("name", "x", "role", "boss"), "/role",
                Map.of("name", "x", "role", "viewer", "expires_in", "soon"), "/expires_in",
                Map.of("name", "x", "role", "viewer", "expires_in", "PT0S"), "/expires_in",
                Map.of("name", "x", "role", "viewer", "scopes", List.of("operate")), "/scopes",
                Map.of("name", "x", "role", "viewer", "scopes", List.of()), "/scopes",
                Map.of("name", "x", "role", "viewer", "scope", List.of("read")), "/scope"));
        for (String invisible : List.of("\ud800", "a\u202eb", "a\u2028b", "\u200b")) {
            errors.put(Map.of("name", invisible, "role", "viewer"), "/name");
        }
        errors.forEach((body, pointer) -> as(administrator)
                .contentType("application/json")
                .body(body)
                .post(TOKENS)
                .then()
                .statusCode(422)
                .body("errors.pointer", hasItem(pointer)));
    }

    @Test
    void theLastAdministratorCannotBeRevoked() {
        List<String> ids = as(administrator)
                .get(TOKENS)
                .then()
                .extract()
                .path("tokens.findAll { it.role == 'administrator' && it.revoked_at == null }.id");
        String own = administrator.split("_")[1];
        ids.stream()
                .filter(id -> !id.equals(own))
                .forEach(
                        id -> as(administrator).delete(TOKENS + "/" + id).then().statusCode(204));

        as(administrator).delete(TOKENS + "/" + own).then().statusCode(409).body("detail", containsString("last"));
        as(administrator).get(ME).then().statusCode(200);
    }

    @Test
    void refusalsTellWhatIsWrongAndAreProblems() {
        given().get(ME)
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", equalTo("Bearer"))
                .contentType("application/problem+json")
                .body("detail", containsString("Authorization: Bearer"));
        as("nonsense").get(ME).then().statusCode(401).body("detail", startsWith("The access token does not have"));
        as(TokenSecret.create().text()).get(ME).then().statusCode(401).body("detail", containsString("unknown"));
        as(administrator + "0").get(ME).then().statusCode(401);
        given().post("/v2/models/x/infer").then().statusCode(401).body("error", containsString("access token"));
    }

    @Test
    void theFirstAdministratorTokenIsCreatedOnlyIfThereIsNone() {
        assertThat(tokens.createFirst()).isEmpty();
    }
}
