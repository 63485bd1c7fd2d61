package dev.trainyard.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.gateway.http.ApiOperations;
import dev.trainyard.gateway.permission.Role;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** As {@link AccessMatrixTest}, with the cookie of a session instead of a token. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(TokensProfile.class)
class SessionMatrixTest {
    private static final Set<String> READS = Set.of("GET", "HEAD");

    @Inject
    AccessTokens tokens;

    @Inject
    TokenDirectory directory;

    @Inject
    PageSessions sessions;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<Role, PageSessions.NewSession> signedIn = new EnumMap<>(Role.class);

    @BeforeEach
    void signIn() {
        for (Role role : Role.values()) {
            String text = tokens.create(new AccessTokens.TokenRequest(role.wireName(), role, null, null, null), "test")
                    .orElseThrow()
                    .secret()
                    .text();
            directory.refresh();
            signedIn.put(role, sessions.signIn(text, null));
        }
    }

    private int status(
            String method, String path, PageSessions.@Nullable NewSession session, boolean csrf, List<String> types) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(RestAssured.baseURI + ":" + RestAssured.port + path))
                .version(HttpClient.Version.HTTP_1_1);
        if (session != null) {
            request.header("Cookie", SessionCookie.NAME + "=" + session.id().text());
        }
        if (session != null && csrf) {
            request.header("X-CSRF-Token", session.csrf().text());
        }
        String type = types.isEmpty() ? "" : types.get(0);
        if (!type.isEmpty()) {
            request.header("Content-Type", type.startsWith("multipart/") ? type + "; boundary=x" : type);
        }
        request.method(
                method,
                type.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString("?"));
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private int get(String path, PageSessions.@Nullable NewSession session) {
        return status("GET", path, session, false, List.of());
    }

    @Test
    void everyOperationIsAllowedToTheSessionsOfItsRolesAndChangesNeedTheCsrfToken() throws Exception {
        SoftAssertions all = new SoftAssertions();
        for (ApiOperations.Operation operation : ApiOperations.operations()) {
            Set<String> allowed = AccessMatrixTest.ALLOWED.get(operation.toString());
            if (allowed == null || operation.path().equals("/api/v1/train/events")) {
                continue; // AccessMatrixTest finds operations that it does not know
            }
            boolean read = READS.contains(operation.method());
            boolean open = allowed.contains("anonymous");
            signedIn.forEach((role, session) -> {
                String name = role + " " + operation;
                int without = status(operation.method(), operation.path(), session, false, operation.mediaTypes());
                int with = status(operation.method(), operation.path(), session, true, operation.mediaTypes());
                if (open || allowed.contains(role.wireName())) {
                    all.assertThat(with).as(name).isNotIn(401, 403, 500);
                } else {
                    all.assertThat(with).as(name).isEqualTo(403);
                }
                all.assertThat(without).as(name + " without CSRF token").isEqualTo(read ? with : 403);
            });
        }
        all.assertAll();
    }

    @Test
    void filesArePublicAndTheFrameworksPathsNeedTheRole() {
        signedIn.forEach((role, session) -> {
            for (String path : List.of("/", "/jobs", "/app/main.js", "/samples/8.png", "/q/health", "/q/openapi")) {
                assertThat(get(path, session)).as(path).isEqualTo(200);
            }
            assertThat(get("/q/metrics", session)).as(role.wireName()).isEqualTo(role == Role.PREDICTOR ? 403 : 200);
            assertThat(get("/q/nothing", session)).isEqualTo(404);
            assertThat(status("HEAD", "/api/v1/train/events", session, false, List.of()))
                    .as(role.wireName())
                    .isEqualTo(role == Role.PREDICTOR ? 403 : 200);
            for (String path : List.of("/q/%2e%2e/api/v1/train", "/q/health%2f..%2fmetrics", "/api/v1/tokens%3bx")) {
                assertThat(get(path, session)).as(path).isEqualTo(400);
            }
        });
    }

    @Test
    void everyRoleMaySignInAndOnlyTheOwnerOfASessionMaySignOut() {
        String path = "/api/v1/session";
        assertThat(status("POST", path, null, false, List.of("application/json")))
                .isEqualTo(400);
        assertThat(status("DELETE", path, null, false, List.of())).isEqualTo(204);
        assertThat(get(path, null)).isEqualTo(401);
        assertThat(status("PUT", path, null, false, List.of())).isEqualTo(401);
        assertThat(status("POST", path + "/provider", null, false, List.of())).isEqualTo(409);
        assertThat(status("GET", path + "/provider", null, false, List.of())).isEqualTo(401);
        assertThat(status("DELETE", path + "/provider", null, false, List.of())).isEqualTo(401);
        signedIn.forEach((role, session) -> {
            assertThat(get(path, session)).isEqualTo(405);
            assertThat(status("POST", path, session, false, List.of("application/json")))
                    .isEqualTo(400);
            assertThat(status("DELETE", path, session, false, List.of())).isEqualTo(403);
            assertThat(get("/api/v1/me", session)).isEqualTo(200);
            assertThat(status("DELETE", path, session, true, List.of())).isEqualTo(204);
            assertThat(get("/api/v1/me", session)).isEqualTo(401);
        });
    }
}
