package dev.trainyard.gateway.access;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import com.nimbusds.jose.jwk.RSAKey;
import dev.trainyard.gateway.permission.Role;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A provider that is not there when the gateway starts, and later again. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(OidcProfile.Fresh.class)
class OidcOutageTest {
    @Inject
    AccessTokens tokens;

    @Inject
    TokenDirectory directory;

    private final List<TestOidcProvider> running = new ArrayList<>();

    @AfterEach
    void stop() {
        running.forEach(TestOidcProvider::stop);
    }

    private static ValidatableResponse me(String token) {
        return given().header("Authorization", "Bearer " + token)
                .get("/api/v1/me")
                .then();
    }

    private static String viewer(RSAKey key) {
        return TestOidcProvider.sign(key, TestOidcProvider.claims(List.of("viewer")));
    }

    private static void unavailable(String token) {
        me(token)
                .statusCode(503)
                .contentType("application/problem+json")
                .header("Retry-After", "2")
                .body("detail", containsString("OpenID provider"));
    }

    @Test
    void theGatewayWorksWithoutTheProvider() {
        String program = tokens.create(new AccessTokens.TokenRequest("program", Role.VIEWER, null, null, null), "test")
                .orElseThrow()
                .secret()
                .text();
        directory.refresh();
        RSAKey key = TestOidcProvider.newKey();

        me(program).statusCode(200);
        unavailable(viewer(key));
        given().post("/api/v1/session/provider")
                .then()
                .statusCode(503)
                .contentType("application/problem+json")
                .body("detail", containsString("OpenID provider does not respond"));

        TestOidcProvider provider = TestOidcProvider.start(key);
        running.add(provider);
        await().untilAsserted(() -> me(viewer(key)).statusCode(200));
        await().untilAsserted(
                        () -> given().post("/api/v1/session/provider").then().statusCode(200));
        provider.stop();

        me(viewer(key)).statusCode(200);
        me(program).statusCode(200);
        RSAKey next = TestOidcProvider.newKey();
        await().untilAsserted(() -> unavailable(viewer(next)));

        running.add(TestOidcProvider.start(next));
        await().untilAsserted(() -> me(viewer(next)).statusCode(200));
    }
}
