package dev.trainyard.gateway.access;

import static dev.trainyard.gateway.access.TestOidcProvider.claims;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.trainyard.gateway.permission.Role;
import dev.trainyard.gateway.projects.ProjectDirectory;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(OidcProfile.class)
class OidcTest {
    private static final String TRAIN = "/api/v1/train";
    private static final String ME = "/api/v1/me";
    private static final String CONFIG = """
            {"dataset":"MnistDataset","dataset_args":{"image_size":[28,28]},"model":"DigitModel","network":"mlp",
            "network_args":{},"train_args":{"batch_size":32,"epochs":1},"save_weights":true}""";

    private static RSAKey key;

    @Inject
    AccessTokens tokens;

    @Inject
    TokenDirectory directory;

    @Inject
    ProjectDirectory projects;

    @Inject
    Jdbi jdbi;

    private TestOidcProvider provider;

    @BeforeAll
    static void createKey() {
        key = TestOidcProvider.newKey();
    }

    @BeforeEach
    void start() {
        provider = TestOidcProvider.start(key);
        await().untilAsserted(() -> get(provider.token("viewer"), ME).then().statusCode(200));
    }

    @AfterEach
    void stop() {
        provider.stop();
    }

    private static Response get(String token, String path) {
        return given().header("Authorization", "Bearer " + token).get(path);
    }

    private static Response submit(String token) {
        return given().header("Authorization", "Bearer " + token)
                .contentType("application/json")
                .body(CONFIG)
                .post(TRAIN);
    }

    private static List<String> permissions(String token) {
        return get(token, ME).then().statusCode(200).extract().path("permissions");
    }

    @Test
    void theRolesOfTheClaimDecide() {
        assertThat(permissions(provider.token("viewer"))).containsExactly("metrics", "read");
        assertThat(permissions(provider.token("default:submitter", "offline_access")))
                .containsExactly("metrics", "predict", "read", "submit");
        assertThat(permissions(provider.token("viewer", "predictor"))).containsExactly("metrics", "predict", "read");
        assertThat(permissions(provider.token("administrator"))).contains("administer");
        assertThat(permissions(provider.token("ml-team"))).containsExactly("metrics", "predict", "read", "submit");

        get(provider.token("viewer"), TRAIN).then().statusCode(200);
        submit(provider.token("viewer")).then().statusCode(403);
        submit(provider.token("submitter")).then().statusCode(202);
        get(provider.token("operator"), "/api/v1/tokens").then().statusCode(403);
        get(provider.token("administrator"), "/api/v1/tokens").then().statusCode(200);
    }

    @Test
    void changesAreRecordedWithTheSubject() {
        String key = submit(provider.token("submitter")).then().extract().path("key");

        get(provider.token("administrator"), "/api/v1/audit?object=" + key)
                .then()
                .statusCode(200)
                .body("entries[0].actor.kind", equalTo("oidc"))
                .body("entries[0].actor.name", equalTo("ada"))
                .body("entries[0].actor.id", equalTo("subject-1"));
    }

    @Test
    void tokensThatAreNotValidAreRefused() throws Exception {
        Date past = Date.from(Instant.now().minus(Duration.ofMinutes(1)));
        Date future = Date.from(Instant.now().plus(Duration.ofMinutes(1)));
        JWTClaimsSet.Builder admin = claims(List.of("administrator"));
        Map<String, String> invalid = new LinkedHashMap<>();
        invalid.put(
                "another audience",
                provider.token(claims(List.of("administrator")).audience("other")));
        invalid.put(
                "no audience", provider.token(claims(List.of("administrator")).audience((String) null)));
        invalid.put(
                "another issuer",
                provider.token(claims(List.of("administrator")).issuer("http://127.0.0.1/x")));
        invalid.put("no issuer", provider.token(claims(List.of("administrator")).issuer(null)));
        invalid.put("expired", provider.token(claims(List.of("administrator")).expirationTime(past)));
        invalid.put("no expiry", provider.token(claims(List.of("administrator")).expirationTime(null)));
        invalid.put(
                "not valid yet", provider.token(claims(List.of("administrator")).notBeforeTime(future)));
        invalid.put(
                "no subject", provider.token(claims(List.of("administrator")).subject(null)));
        invalid.put("unsigned", new PlainJWT(admin.build()).serialize());
        invalid.put("HMAC with the public key", hmac(admin.build()));
        invalid.put("unknown key", TestOidcProvider.sign(TestOidcProvider.newKey(), admin));
        RSAKey same = new RSAKey.Builder(TestOidcProvider.newKey())
                .keyID(key.getKeyID())
                .build();
        invalid.put("another key of the same id", TestOidcProvider.sign(same, admin));
        String viewer = provider.token("viewer");
        String administrator = provider.token("administrator");
        invalid.put(
                "claims of another token",
                viewer.split("\\.")[0] + "." + administrator.split("\\.")[1] + "." + viewer.split("\\.")[2]);
        invalid.put("no signature", viewer.substring(0, viewer.lastIndexOf('.') + 1));
        invalid.put("no token", "secret");
        invalid.put("empty", "x.y.z");

        SoftAssertions all = new SoftAssertions();
        invalid.forEach((what, token) -> {
            Response answer = get(token, ME);
            all.assertThat(answer.statusCode()).as(what).isEqualTo(401);
            all.assertThat(answer.contentType()).as(what).isEqualTo("application/problem+json");
            all.assertThat(answer.header("WWW-Authenticate")).as(what).isEqualTo("Bearer");
        });
        all.assertAll();
    }

    private static String hmac(JWTClaimsSet claims) throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(key.getKeyID()).build(), claims);
        token.sign(new MACSigner(key.toRSAPublicKey().getEncoded()));
        return token.serialize();
    }

    @Test
    void aUserWithoutRoleIsToldWhy() {
        for (Object roles : List.of(
                List.of(), List.of("offline_access", "root", "team-a:owner", ":", ""), 7, true, Map.of("viewer", 1))) {
            get(provider.token(claims(roles)), ME)
                    .then()
                    .statusCode(403)
                    .contentType("application/problem+json")
                    .body("detail", containsString("ada"))
                    .body("detail", containsString("realm_access/roles"));
        }
        get(provider.token(claims(List.of()).claim("realm_access", null)), ME)
                .then()
                .statusCode(403);
        get(provider.token(claims(List.of()).claim("realm_access", "viewer")), ME)
                .then()
                .statusCode(403);
    }

    @Test
    void rolesCountInTheirProjects() {
        jdbi.useHandle(handle -> handle.execute("insert into project (name) values ('team-a') on conflict do nothing"));
        projects.refresh();
        String member = provider.token("team-a:viewer");
        String both = provider.token("team-a:viewer", "default:submitter");

        get(member, ME).then().statusCode(200).body("project", equalTo("team-a"));
        in("default", member).then().statusCode(404);
        in("other", member).then().statusCode(404);
        in("?", member).then().statusCode(422);
        get(member, ME).then().body("projects.project", equalTo(List.of("team-a")));
        get(both, ME)
                .then()
                .body("projects.project", equalTo(List.of("default", "team-a")))
                .body("projects.role", equalTo(List.of("submitter", "viewer")))
                .body("projects[1].permissions", equalTo(List.of("metrics", "read")));
        get(both, ME + "?trainyard-project=team-a").then().body("project", equalTo("team-a"));
        get(provider.token("team-a:viewer", "team-a:predictor"), ME)
                .then()
                .body("projects.role", equalTo(List.of("predictor, viewer")));
        get(provider.token("administrator"), ME)
                .then()
                .body("projects.project", hasItem("team-a"))
                .body("projects.project", hasItem("default"));
        get(both, ME).then().body("project", equalTo("default")).body("permissions", hasItem("submit"));
        in("team-a", both)
                .then()
                .body("project", equalTo("team-a"))
                .body("permissions", equalTo(List.of("metrics", "read")));
        in("team-a", provider.token("administrator"))
                .then()
                .body("project", equalTo("team-a"))
                .body("permissions", hasItem("platform"));
        get(provider.token("team-a:administrator"), ME).then().body("permissions", not(hasItem("platform")));
        get(provider.token("ghost:administrator"), ME).then().statusCode(403);
        get(provider.token("team-a:viewer", "ghost:viewer"), ME).then().body("project", equalTo("team-a"));
    }

    private static Response in(String project, String token) {
        return given().header("Authorization", "Bearer " + token)
                .header("Trainyard-Project", project)
                .get(ME);
    }

    @Test
    void accessTokensWorkBesideTheProvider() {
        String token = tokens.create(new AccessTokens.TokenRequest("program", Role.VIEWER, null, null, null), "test")
                .orElseThrow()
                .secret()
                .text();
        directory.refresh();

        get(token, ME).then().statusCode(200).body("name", equalTo("program")).body("mode", equalTo("oidc"));
        get(token.substring(0, token.length() - 1) + "x", ME)
                .then()
                .statusCode(401)
                .body("detail", containsString("ty_ID_SECRET"));
        given().get(ME).then().statusCode(401);
        given().get("/q/health/live").then().statusCode(200);
    }

    @Test
    void aNewKeyOfTheProviderIsFetched() {
        RSAKey next = TestOidcProvider.newKey();
        provider.stop();
        provider = TestOidcProvider.start(next);

        await().untilAsserted(() -> get(provider.token("viewer"), ME).then().statusCode(200));
        String old = TestOidcProvider.sign(key, claims(List.of("viewer")));
        await().untilAsserted(() -> get(old, ME).then().statusCode(401));
    }

    @Test
    void administratorsOfTheProviderManageAccessTokens() {
        given().header("Authorization", "Bearer " + provider.token("administrator"))
                .contentType("application/json")
                .body("{\"name\":\"by ada\",\"role\":\"viewer\"}")
                .post("/api/v1/tokens")
                .then()
                .statusCode(201)
                .body("created_by", equalTo("ada"));
        get(provider.token("administrator"), "/api/v1/tokens").then().body("tokens.name", hasItem("by ada"));
    }
}
