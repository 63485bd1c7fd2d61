package dev.trainyard.gateway.access;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import dev.trainyard.gateway.permission.Role;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.SoftAssertions;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sign-ins on the web page by the authorization code flow of a real OpenID provider. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(OidcProfile.class)
class OidcSignInTest {
    private static final String SESSION = "/api/v1/session";
    private static final String PROVIDER = SESSION + "/provider";
    private static final String ME = "/api/v1/me";
    private static final String CONFIG = """
            {"dataset":"MnistDataset","dataset_args":{"image_size":[28,28]},"model":"DigitModel","network":"mlp",
            "network_args":{},"train_args":{"batch_size":32,"epochs":1},"save_weights":true}""";

    private static RSAKey key;

    @Inject
    Jdbi jdbi;

    @Inject
    SessionDirectory directory;

    @Inject
    ProviderDocuments documents;

    private TestOidcProvider provider;

    @BeforeAll
    static void createKey() {
        key = TestOidcProvider.newKey();
    }

    @BeforeEach
    void start() {
        provider = TestOidcProvider.start(key);
        // a key that the gateway does not know is fetched after a pause
        await().untilAsserted(() -> given().header("Authorization", "Bearer " + provider.token("viewer"))
                .get(ME)
                .then()
                .statusCode(200));
        await().ignoreExceptions()
                .untilAsserted(documents::requireResponding); // a moment after a test without provider
    }

    @AfterEach
    void stop() {
        provider.stop();
    }

    /** A sign-in that a browser has begun. */
    private record Begun(URI url, String cookie) {
        Map<String, String> parameters() {
            return OidcSignInTest.parameters(url);
        }

        /** With another value of a parameter of the address. */
        Begun with(String name, String value) {
            Map<String, List<String>> all = new LinkedHashMap<>(URLUtils.parseParameters(url.getRawQuery()));
            all.put(name, List.of(value));
            return new Begun(
                    URI.create(url.toString().split("\\?")[0] + "?" + URLUtils.serializeParameters(all)), cookie);
        }
    }

    private static Map<String, String> parameters(URI url) {
        Map<String, String> all = new LinkedHashMap<>();
        URLUtils.parseParameters(url.getRawQuery()).forEach((name, values) -> all.put(name, values.get(0)));
        return all;
    }

    private static String page(String path) {
        return "%s:%d%s".formatted(RestAssured.baseURI, RestAssured.port, path);
    }

    private static Begun begin() {
        Response answer =
                given().post(PROVIDER).then().statusCode(200).extract().response();
        assertThat(answer.header("Set-Cookie"))
                .contains("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=600")
                .doesNotContain("Secure");
        return new Begun(URI.create(answer.path("authorization_url")), answer.cookie(SignInCookie.NAME));
    }

    /** What the provider adds to the address of the page. */
    private static Map<String, String> atProvider(Begun begun) {
        String location = given().urlEncodingEnabled(false)
                .redirects()
                .follow(false)
                .get(begun.url().toString())
                .then()
                .statusCode(302)
                .extract()
                .header("Location");
        assertThat(location).startsWith(begun.parameters().get("redirect_uri") + "?");
        return parameters(URI.create(location));
    }

    private static Response complete(String cookie, Map<String, String> answer) {
        return given().cookie(SignInCookie.NAME, cookie)
                .contentType("application/json")
                .body(Map.of("code", answer.get("code"), "state", answer.get("state")))
                .post(SESSION);
    }

    private static Response signIn() {
        Begun begun = begin();
        return complete(begun.cookie(), atProvider(begun));
    }

    private static void refused(Response answer, String why) {
        answer.then()
                .statusCode(401)
                .contentType("application/problem+json")
                .body("detail", containsString(why))
                .header("Set-Cookie", not(containsString(SessionCookie.NAME)));
    }

    private static RequestSpecification session(Response signedIn) {
        return given().cookie(SessionCookie.NAME, signedIn.cookie(SessionCookie.NAME));
    }

    private static ValidatableResponse me(Response signedIn) {
        return session(signedIn).get(ME).then();
    }

    @Test
    void theRequestOfAnAuthorizationIsBoundToTheBrowserAndHasPkce() {
        Map<String, String> one = begin().parameters();
        Map<String, String> other = begin().parameters();

        assertThat(one)
                .containsEntry("response_type", "code")
                .containsEntry("client_id", "trainyard")
                .containsEntry("scope", "openid profile")
                .containsEntry("code_challenge_method", "S256")
                .containsEntry("redirect_uri", page("/sign-in"));
        for (String name : List.of("state", "nonce", "code_challenge")) {
            assertThat(one.get(name)).hasSize(43).isNotEqualTo(other.get(name));
        }
        assertThat(one.values()).doesNotHaveDuplicates();
    }

    @Test
    void aUserSignsInAndOut() {
        provider.expect("subject-7", "submitter");
        Response signedIn = signIn();
        signedIn.then().statusCode(201).body("name", equalTo("ada")).body("role", equalTo("submitter"));
        assertThat(signedIn.headers().getValues("Set-Cookie"))
                .anySatisfy(header ->
                        assertThat(header).startsWith(SessionCookie.NAME).contains("HttpOnly", "SameSite=Strict"))
                .anySatisfy(header -> assertThat(header).startsWith(SignInCookie.NAME + "=;"));

        me(signedIn)
                .statusCode(200)
                .body("name", equalTo("ada"))
                .body("mode", equalTo("oidc"))
                .body("permissions", equalTo(new ArrayList<>(new TreeSet<>(Role.SUBMITTER.permissions()))));
        session(signedIn)
                .contentType("application/json")
                .body(CONFIG)
                .post("/api/v1/train")
                .then()
                .statusCode(403);
        String job = session(signedIn)
                .header("X-CSRF-Token", signedIn.<String>path("csrf_token"))
                .contentType("application/json")
                .body(CONFIG)
                .post("/api/v1/train")
                .then()
                .statusCode(202)
                .extract()
                .path("key");
        session(signedIn).get("/api/v1/tokens").then().statusCode(403);
        audit("?object=" + job).body("entries[0].actor.id", equalTo("subject-7"));

        String url = session(signedIn)
                .header("X-CSRF-Token", signedIn.<String>path("csrf_token"))
                .delete(SESSION)
                .then()
                .statusCode(200)
                .extract()
                .path("sign_out_url");
        assertThat(url).startsWith(TestOidcProvider.issuer() + "/endsession?");
        assertThat(parameters(URI.create(url)))
                .containsKey("id_token_hint")
                .containsEntry("post_logout_redirect_uri", page("/"));
        me(signedIn).statusCode(401);
        audit("?actor=subject-7")
                .body("entries.action", equalTo(List.of("user-session.delete", "job.submit", "user-session.create")))
                .body("entries[0].object.kind", equalTo("user"));
    }

    private ValidatableResponse audit(String query) {
        return given().header("Authorization", "Bearer " + provider.token("administrator"))
                .get("/api/v1/audit" + query)
                .then()
                .statusCode(200);
    }

    @Test
    void theDatabaseRevealsNoToken() {
        provider.expect("subject-8", "viewer");
        Response signedIn = signIn();
        String row = jdbi.withHandle(handle -> handle.createQuery(
                        "select page_session::text || encode(sealed_tokens, 'escape') from page_session where subject = ?")
                .bind(0, "subject-8")
                .mapTo(String.class)
                .one());
        byte[] sealed =
                jdbi.withHandle(handle -> handle.createQuery("select sealed_tokens from page_session where subject = ?")
                        .bind(0, "subject-8")
                        .mapTo(byte[].class)
                        .one());

        SessionSecret id =
                SessionSecret.parse(signedIn.cookie(SessionCookie.NAME)).orElseThrow();
        SealedTokens tokens = SealedTokens.open(sealed, id).orElseThrow();
        assertThat(row)
                .doesNotContain(id.text(), tokens.idToken(), String.valueOf(tokens.refreshToken()), "refresh_token");
        assertThat(SealedTokens.open(sealed, SessionSecret.create())).isEmpty();
        sealed[sealed.length - 1] ^= 1;
        assertThat(SealedTokens.open(sealed, id)).isEmpty();
        assertThat(SealedTokens.open(new byte[0], id)).isEmpty();
    }

    @Test
    void anAnswerForAnotherBrowserIsRefused() {
        Begun victim = begin();
        Begun attacker = begin();
        Map<String, String> answer = atProvider(attacker);

        refused(complete(victim.cookie(), answer), "another browser");
        refused(complete("0".repeat(64), answer), "another browser");
        refused(complete("x", answer), "another browser");
        refused(
                given().contentType("application/json")
                        .body(Map.of("code", answer.get("code"), "state", answer.get("state")))
                        .post(SESSION),
                "another browser");
        Map<String, String> injected =
                Map.of("code", answer.get("code"), "state", victim.parameters().get("state"));
        refused(complete(victim.cookie(), injected), "refused the sign-in (invalid_grant)"); // by PKCE
    }

    @Test
    void aCodeIsGoodForOneSignIn() {
        provider.expect("subject-1", "viewer");
        Begun begun = begin();
        Map<String, String> answer = atProvider(begun);
        complete(begun.cookie(), answer).then().statusCode(201);

        complete(begun.cookie(), answer).then().statusCode(401);
        refused(complete(begun.cookie(), Map.of("code", "guessed", "state", answer.get("state"))), "Sign in again");
    }

    @Test
    void theVerifierOfPkceIsSentAndChecked() throws Exception {
        Begun begun = begin();
        refused(
                complete(begun.cookie(), atProvider(begun.with("code_challenge", "x".repeat(43)))),
                "refused the sign-in (invalid_grant)");
        assertThat(provider.requests())
                .filteredOn(request -> String.valueOf(request.getPath()).endsWith("/token"))
                .singleElement()
                .satisfies(request -> assertThat(request.getBody().readUtf8())
                        .contains("code_verifier="
                                + new SignInSecret(new SessionSecret(begun.cookie()))
                                        .verifier()
                                        .getValue())
                        .doesNotContain("client_secret"));
    }

    @Test
    void anotherNonceIsRefused() {
        Begun begun = begin();
        refused(complete(begun.cookie(), atProvider(begun.with("nonce", "replayed"))), "not valid for this sign-in");
    }

    private static JWTClaimsSet.Builder idToken(Begun begun) {
        return TestOidcProvider.claims(List.of("viewer"))
                .claim("nonce", begun.parameters().get("nonce"));
    }

    private static String tokens(String idToken) {
        return "{\"token_type\":\"Bearer\",\"access_token\":\"opaque\",\"expires_in\":300,\"id_token\":\"%s\"}"
                .formatted(idToken);
    }

    @Test
    void idTokensThatAreNotValidAreRefused() throws Exception {
        Date past = Date.from(Instant.now().minus(Duration.ofMinutes(5)));
        Begun begun = begin();
        Map<String, String> invalid = new LinkedHashMap<>();
        invalid.put("another audience", provider.token(idToken(begun).audience("other")));
        invalid.put("another issuer", provider.token(idToken(begun).issuer("http://127.0.0.1/x")));
        invalid.put("expired", provider.token(idToken(begun).expirationTime(past)));
        invalid.put("no nonce", provider.token(idToken(begun).claim("nonce", null)));
        invalid.put("another nonce", provider.token(idToken(begun).claim("nonce", "x")));
        invalid.put("no subject", provider.token(idToken(begun).subject(null)));
        invalid.put(
                "another party",
                provider.token(
                        idToken(begun).audience(List.of("trainyard", "other")).claim("azp", "other")));
        invalid.put("unsigned", new PlainJWT(idToken(begun).build()).serialize());
        invalid.put(
                "another key",
                TestOidcProvider.sign(
                        new RSAKey.Builder(TestOidcProvider.newKey())
                                .keyID(key.getKeyID())
                                .build(),
                        idToken(begun)));
        SoftAssertions all = new SoftAssertions();
        invalid.forEach((what, token) -> {
            provider.answer(200, tokens(token));
            all.assertThat(complete(
                                    begun.cookie(),
                                    Map.of(
                                            "code",
                                            "c",
                                            "state",
                                            begun.parameters().get("state")))
                            .statusCode())
                    .as(what)
                    .isEqualTo(401);
        });
        all.assertAll();

        provider.answer(200, tokens(provider.token(idToken(begun))));
        complete(begun.cookie(), Map.of("code", "c", "state", begun.parameters().get("state")))
                .then()
                .statusCode(201)
                .body("role", equalTo("viewer")); // of the ID token, because the access token is opaque
    }

    @Test
    void aUserWithoutRoleIsToldWhy() {
        provider.expect("subject-1", "offline_access");
        signIn().then()
                .statusCode(403)
                .contentType("application/problem+json")
                .body("detail", containsString("gives ada no role here"))
                .header("Set-Cookie", not(containsString(SessionCookie.NAME)));
    }

    @Test
    void problemsOfTheProviderAreExplained() {
        Begun begun = begin();
        Map<String, String> answer =
                Map.of("code", "c", "state", begun.parameters().get("state"));
        provider.answer(401, "{\"error\":\"invalid_client\"}");
        complete(begun.cookie(), answer)
                .then()
                .statusCode(503)
                .body("detail", containsString("trainyard.auth.oidc.client-secret"));
        provider.answer(200, "<html>");
        complete(begun.cookie(), answer).then().statusCode(503).body("detail", containsString("cannot be used"));
        provider.answer(302, "");
        complete(begun.cookie(), answer).then().statusCode(503);
        provider.stop();
        complete(begun.cookie(), answer)
                .then()
                .statusCode(503)
                .header("Retry-After", "1")
                .body("detail", containsString("does not respond"));
    }

    @Test
    void bodiesThatAreNoSignInAreRefused() {
        for (String body : List.of(
                "{}",
                "[]",
                "{\"code\":\"c\"}",
                "{\"state\":\"s\"}",
                "{\"code\":1,\"state\":\"s\"}",
                "{\"code\":\"\",\"state\":\"s\"}",
                "{\"code\":\"c\",\"state\":\"s\",\"token\":\"t\"}",
                "{\"code\":\"c\",\"state\":\"s\",\"return_to\":\"//evil.example\"}",
                "{\"code\":\"c\\nd\",\"state\":\"s\"}")) {
            given().contentType("application/json")
                    .body(body)
                    .post(SESSION)
                    .then()
                    .statusCode(422);
        }
        for (String site : List.of("cross-site", "same-site")) {
            given().header("Sec-Fetch-Site", site).post(PROVIDER).then().statusCode(403);
        }
        given().header("Host", "evil.example").post(PROVIDER).then().statusCode(403);
    }

    @Test
    void withoutARefreshTokenTheSessionEndsWithTheToken() {
        Begun begun = begin();
        Instant end = Instant.now().plusSeconds(3);
        provider.answer(200, tokens(provider.token(idToken(begun).expirationTime(Date.from(end)))));
        Response signedIn = complete(
                begun.cookie(), Map.of("code", "c", "state", begun.parameters().get("state")));
        signedIn.then().statusCode(201);

        me(signedIn).statusCode(200);
        await().untilAsserted(() -> me(signedIn).statusCode(401).body("detail", containsString("session has ended")));
        assertThat(Instant.now()).isAfter(end.minusSeconds(1));
    }

    @Test
    void theSessionIsRenewedOnceForAllRequestsAndHasTheNewRoles() throws Exception {
        provider.expect("subject-9", Duration.ofSeconds(2), "viewer");
        Response signedIn = signIn();
        me(signedIn).statusCode(200).body("role", equalTo("viewer"));
        expire("subject-9");
        provider.requests();
        JWTClaimsSet.Builder next = TestOidcProvider.claims(List.of("operator")).subject("subject-9");
        provider.answer(
                200,
                "{\"token_type\":\"Bearer\",\"access_token\":\"%s\",\"refresh_token\":\"next\"}"
                        .formatted(provider.token(next)));

        ExecutorService page = Executors.newFixedThreadPool(8);
        List<Future<String>> roles = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            roles.add(page.submit(() -> session(signedIn).get(ME).path("role")));
        }
        for (Future<String> role : roles) {
            assertThat(role.get()).isEqualTo("operator");
        }
        page.shutdown();
        assertThat(provider.requests())
                .filteredOn(request -> String.valueOf(request.getPath()).endsWith("/token"))
                .hasSize(1);

        expire("subject-9");
        provider.answer(400, "{\"error\":\"invalid_grant\"}");
        me(signedIn).statusCode(401).body("detail", containsString("session has ended"));
        me(signedIn).statusCode(401);
    }

    @Test
    void aSessionWaitsForAProviderThatIsAway() {
        provider.expect("subject-10", Duration.ofSeconds(2), "viewer");
        Response signedIn = signIn();
        expire("subject-10");
        provider.stop();
        me(signedIn).statusCode(503).body("detail", containsString("OpenID provider does not respond"));

        provider = TestOidcProvider.start(key);
        JWTClaimsSet.Builder other =
                TestOidcProvider.claims(List.of("administrator")).subject("somebody else");
        provider.answer(200, "{\"token_type\":\"Bearer\",\"access_token\":\"%s\"}".formatted(provider.token(other)));
        await().untilAsserted(() -> me(signedIn).statusCode(401)); // the tokens of another user
    }

    /** Lets the provider's tokens expire without waiting for it. */
    private void expire(String subject) {
        jdbi.useHandle(handle -> handle.execute(
                "update page_session set tokens_until = now() - interval '1 s' where subject = ?", subject));
        directory.refresh();
    }
}
