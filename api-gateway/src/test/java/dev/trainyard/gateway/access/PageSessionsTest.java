package dev.trainyard.gateway.access;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import dev.trainyard.gateway.http.RawHttp;
import dev.trainyard.gateway.permission.Role;
import dev.trainyard.gateway.projects.ProjectDirectory;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ExtractableResponse;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(PageSessionsTest.Sessions.class)
class PageSessionsTest {
    private static final String SESSION = "/api/v1/session";
    private static final String ME = "/api/v1/me";
    private static final String NO_JOB = "/api/v1/train/00000000-0000-0000-0000-000000000000/cancel";
    private static final String CSRF = "X-CSRF-Token";
    private static final int PER_TOKEN = 3;
    /** Every gateway refuses a session that has ended within this time. */
    private static final Duration EVERYWHERE = Duration.ofSeconds(2);

    /** Tokens, few sessions for each, and a trusted proxy. */
    public static final class Sessions implements io.quarkus.test.junit.QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "trainyard.auth.mode", "tokens",
                    "trainyard.auth.session.per-token", String.valueOf(PER_TOKEN),
                    "trainyard.rate.sign-ins-per-second", "100",
                    "quarkus.http.proxy.proxy-address-forwarding", "true");
        }
    }

    /** What the page keeps of a session. */
    private record Signed(String cookie, String csrf) {
        RequestSpecification with() {
            return given().cookie(SessionCookie.NAME, cookie);
        }
    }

    @TestHTTPResource("/")
    URI server;

    @Inject
    AccessTokens tokens;

    @Inject
    TokenDirectory directory;

    @Inject
    SessionDirectory sessions;

    @Inject
    PageSessionStore store;

    @Inject
    ProjectDirectory projects;

    @Inject
    Jdbi jdbi;

    private AccessTokens.NewToken token;

    @BeforeEach
    void createToken() {
        token = create(Role.SUBMITTER);
    }

    private AccessTokens.NewToken create(Role role) {
        AccessTokens.NewToken created = tokens.create(
                        new AccessTokens.TokenRequest(role.wireName(), role, null, null, null), "test")
                .orElseThrow();
        directory.refresh();
        return created;
    }

    private static ExtractableResponse<Response> post(String text) {
        return given().contentType("application/json")
                .body(Map.of("token", text))
                .post(SESSION)
                .then()
                .statusCode(201)
                .extract();
    }

    private Signed signIn() {
        ExtractableResponse<Response> answer = post(token.secret().text());
        return new Signed(answer.cookie(SessionCookie.NAME), answer.path("csrf_token"));
    }

    private static void awaitEnd(Signed session) {
        await().atMost(EVERYWHERE.multipliedBy(5))
                .untilAsserted(() -> session.with().get(ME).then().statusCode(401));
    }

    @Test
    void aSessionHasTheRoleOfItsTokenAndItsCookieIsNotTheToken() {
        ExtractableResponse<Response> answer = post(token.secret().text());

        String header = answer.header("Set-Cookie");
        assertThat(header)
                .contains("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200")
                .doesNotContain("Secure", "Domain", token.secret().secret());
        Signed session = new Signed(answer.cookie(SessionCookie.NAME), answer.path("csrf_token"));
        session.with()
                .get(ME)
                .then()
                .statusCode(200)
                .body("role", equalTo("submitter"))
                .body("permissions", equalTo(List.of("metrics", "predict", "read", "submit")));
        session.with().get("/api/v1/train").then().statusCode(200);
        session.with().get("/q/metrics").then().statusCode(200);
        session.with().get("/api/v1/tokens").then().statusCode(403);
        List<String> rows = jdbi.withHandle(handle -> handle.createQuery("select page_session::text from page_session")
                .mapTo(String.class)
                .list());
        assertThat(rows).isNotEmpty().noneMatch(row -> row.contains(session.cookie) || row.contains(session.csrf));
    }

    @Test
    void overHttpsTheCookieIsBoundToTheHost() {
        Response answer = given().header("X-Forwarded-Proto", "https")
                .contentType("application/json")
                .body(Map.of("token", token.secret().text()))
                .post(SESSION);

        assertThat(answer.header("Set-Cookie"))
                .startsWith("__Host-trainyard_session=")
                .endsWith("; Secure");
        String cookie = answer.cookie(SessionCookie.SECURE_NAME);
        given().header("X-Forwarded-Proto", "https")
                .cookie(SessionCookie.SECURE_NAME, cookie)
                .get(ME)
                .then()
                .statusCode(200);
        given().header("X-Forwarded-Proto", "https")
                .cookie(SessionCookie.NAME, cookie)
                .get(ME)
                .then()
                .statusCode(401);
    }

    @Test
    void aChangeNeedsTheCsrfToken() {
        Signed session = signIn();
        Signed other = signIn();

        for (String wrong : List.of(other.csrf, session.cookie, session.csrf.toUpperCase(java.util.Locale.ROOT), "x")) {
            session.with()
                    .header(CSRF, wrong)
                    .post(NO_JOB)
                    .then()
                    .statusCode(403)
                    .contentType("application/problem+json")
                    .body("detail", containsString(CSRF));
        }
        session.with().post(NO_JOB).then().statusCode(403).body("detail", containsString(CSRF));
        session.with().delete(SESSION).then().statusCode(403);
        session.with()
                .contentType("image/png")
                .body(new byte[1])
                .post("/api/v1/predict")
                .then()
                .statusCode(403);
        session.with().post("/v2/models/x/infer").then().statusCode(403).body("error", containsString(CSRF));
        session.with().header(CSRF, session.csrf).post(NO_JOB).then().statusCode(404);
    }

    @Test
    void pagesOfOtherOriginsCannotUseASession() {
        Signed session = signIn();
        for (String site : List.of("cross-site", "same-site")) {
            session.with().header("Sec-Fetch-Site", site).get(ME).then().statusCode(403);
            session.with()
                    .header("Sec-Fetch-Site", site)
                    .header(CSRF, session.csrf)
                    .post(NO_JOB)
                    .then()
                    .statusCode(403);
        }
        session.with()
                .header("Origin", "http://evil.example.org")
                .get(ME)
                .then()
                .statusCode(403);
        session.with().header("Sec-Fetch-Site", "same-origin").get(ME).then().statusCode(200);
        given().header("Origin", "http://evil.example.org")
                .contentType("application/json")
                .body(Map.of("token", token.secret().text()))
                .post(SESSION)
                .then()
                .statusCode(403);
    }

    /** Browsers send no header of the page with event streams, downloads and images. */
    @Test
    void aReadMayNameItsProjectInItsAddress() {
        jdbi.useHandle(handle -> handle.execute("insert into project (name) values ('vision') on conflict do nothing"));
        projects.refresh();
        token = create(Role.ADMINISTRATOR);
        Signed session = signIn();
        String parameter = "?trainyard-project=";
        session.with().get(ME + parameter + "vision").then().statusCode(200).body("project", equalTo("vision"));
        session.with().get(ME + parameter + "nothing").then().statusCode(404);
        session.with().get(ME + parameter + "vision&trainyard-project=x").then().statusCode(422);
        session.with()
                .header("Trainyard-Project", "default")
                .get(ME + parameter + "vision")
                .then()
                .body("project", equalTo("default"));
        session.with()
                .header(CSRF, session.csrf)
                .post(NO_JOB + parameter + "nothing")
                .then()
                .statusCode(404)
                .body("detail", containsString("00000000"));
    }

    @Test
    void anAuthorizationHeaderTakesPrecedence() {
        Signed session = signIn();
        session.with().header("Authorization", "Bearer nonsense").get(ME).then().statusCode(401);
        session.with()
                .header("Authorization", "Bearer " + token.secret().text())
                .post(NO_JOB)
                .then()
                .statusCode(404);
    }

    @Test
    void signingOutEndsTheSession() {
        Signed session = signIn();

        String removed = session.with()
                .header(CSRF, session.csrf)
                .delete(SESSION)
                .then()
                .statusCode(204)
                .extract()
                .header("Set-Cookie");

        assertThat(removed).startsWith(SessionCookie.NAME + "=;").contains("Max-Age=0");
        session.with().get(ME).then().statusCode(401).body("detail", containsString("Sign in again"));
        session.with().delete(SESSION).then().statusCode(204);
        given().delete(SESSION).then().statusCode(204);
    }

    /** As if another gateway had ended it and its notification were lost. */
    @Test
    void anEndWithoutNotificationIsFoundByTheNextPoll() {
        Signed session = signIn();
        session.with().get(ME).then().statusCode(200);
        store.delete(new SessionSecret(session.cookie).hash());
        awaitEnd(session);
    }

    @Test
    void aSessionOfAnotherGatewayIsFoundInTheDatabase() {
        Signed session = signIn();
        sessions.forget(new SessionSecret(session.cookie).hash());
        session.with().get(ME).then().statusCode(200);
        session.with()
                .header(CSRF, session.csrf)
                .contentType("application/json")
                .body("{}")
                .post("/api/v1/train")
                .then()
                .statusCode(422);
    }

    @Test
    void aSessionEndsWithItsToken() {
        Signed rotated = signIn();
        tokens.rotate(token.secret().id(), TestTokens.MANAGER);
        awaitEnd(rotated);

        token = create(Role.VIEWER);
        Signed revoked = signIn();
        tokens.revoke(token.secret().id(), TestTokens.MANAGER);
        awaitEnd(revoked);

        token = tokens.create(
                        new AccessTokens.TokenRequest("short", Role.VIEWER, null, null, Duration.ofSeconds(1)), "test")
                .orElseThrow();
        directory.refresh();
        awaitEnd(signIn());
    }

    @Test
    void anIdleOrExpiredSessionEnds() {
        Signed idle = signIn();
        age(idle, "last_used_at = now() - interval '2 hours'");
        idle.with().get(ME).then().statusCode(401);

        Signed expired = signIn();
        age(expired, "expires_at = now()");
        expired.with().get(ME).then().statusCode(401);

        assertThat(store.deleteEnded(Duration.ofHours(1), 100)).isGreaterThanOrEqualTo(2);
    }

    private void age(Signed session, String change) {
        String hash = new SessionSecret(session.cookie).hash();
        jdbi.useHandle(handle -> handle.execute("update page_session set " + change + " where id_hash = ?", hash));
        sessions.forget(hash);
    }

    @Test
    void usesAreRecordedForOtherGateways() {
        Signed session = signIn();
        age(session, "last_used_at = now() - interval '50 minutes'");
        session.with().get(ME).then().statusCode(200);

        sessions.flushUses();

        assertThat(store.find(new SessionSecret(session.cookie).hash())
                        .orElseThrow()
                        .lastUsedAt())
                .isAfter(java.time.Instant.now().minusSeconds(60));
    }

    @Test
    void theNumberOfSessionsOfATokenIsLimited() {
        List<Signed> all = java.util.stream.Stream.generate(this::signIn)
                .limit(PER_TOKEN + 2)
                .toList();
        all.get(0).with().get(ME).then().statusCode(401);
        all.get(1).with().get(ME).then().statusCode(401);
        all.subList(2, all.size())
                .forEach(session -> session.with().get(ME).then().statusCode(200));
    }

    @Test
    void signingInAgainEndsThePreviousSessionOfTheBrowser() {
        Signed session = signIn();
        session.with()
                .contentType("application/json")
                .body(Map.of("token", token.secret().text()))
                .post(SESSION)
                .then()
                .statusCode(201);
        session.with().get(ME).then().statusCode(401);
    }

    /** A stream is authenticated when it starts, and lasts for hours. */
    @Test
    void openStreamsEndWithTheSessionAndWithTheToken() throws Exception {
        Signed session = signIn();
        try (RawHttp stream = stream("Cookie: " + SessionCookie.NAME + "=" + session.cookie)) {
            session.with().header(CSRF, session.csrf).delete(SESSION).then().statusCode(204);
            await().atMost(EVERYWHERE.multipliedBy(5)).until(stream::isClosedAfterTheRest);
        }
        try (RawHttp stream = stream("Authorization: Bearer " + token.secret().text())) {
            tokens.revoke(token.secret().id(), TestTokens.MANAGER);
            await().atMost(EVERYWHERE.multipliedBy(5)).until(stream::isClosedAfterTheRest);
        }
    }

    private RawHttp stream(String credentials) throws Exception {
        RawHttp stream = new RawHttp(server);
        stream.send("GET /api/v1/train/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
                + credentials + "\r\n\r\n");
        assertThat(stream.answer(false).status()).isEqualTo(200);
        return stream;
    }

    @Test
    void invalidSignInsSayWhatIsWrong() {
        given().contentType("application/json")
                .body(Map.of("token", TokenSecret.create().text()))
                .post(SESSION)
                .then()
                .statusCode(401)
                .header("Set-Cookie", equalTo(null))
                .body("detail", containsString("unknown"));
        given().contentType("application/json")
                .body(Map.of("token", "nonsense"))
                .post(SESSION)
                .then()
                .statusCode(401)
                .body("detail", startsWith("The access token does not have the form"));
        for (String body :
                List.of("{}", "{\"token\":1}", "{\"token\":null}", "[]", "{\"token\":\"x\",\"name\":\"y\"}")) {
            given().contentType("application/json")
                    .body(body)
                    .post(SESSION)
                    .then()
                    .statusCode(422);
        }
        given().contentType("application/json").body("{").post(SESSION).then().statusCode(400);
        given().contentType("text/plain").body("x").post(SESSION).then().statusCode(415);
        for (String cookie : List.of("x", "", SessionSecret.create().text())) {
            given().cookie(SessionCookie.NAME, cookie).get(ME).then().statusCode(401);
        }
        given().cookie(SessionCookie.NAME, "x").get("/").then().statusCode(200);
    }
}
