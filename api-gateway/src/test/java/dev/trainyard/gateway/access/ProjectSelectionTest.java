package dev.trainyard.gateway.access;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import dev.trainyard.gateway.permission.Role;
import dev.trainyard.gateway.projects.ProjectDirectory;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The project of a request, and who manages which tokens. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(TokensProfile.class)
class ProjectSelectionTest {
    private static final String ME = "/api/v1/me";
    private static final String TOKENS = "/api/v1/tokens";

    @Inject
    AccessTokens tokens;

    @Inject
    TokenDirectory directory;

    @Inject
    ProjectDirectory projects;

    @Inject
    Jdbi jdbi;

    private String platform;
    private String ofAlpha;
    private String ofBeta;

    @BeforeEach
    void createTokens() {
        jdbi.useHandle(handle ->
                handle.execute("insert into project (name) values ('alpha'), ('beta') on conflict (name) do nothing"));
        projects.refresh();
        platform = token(Role.ADMINISTRATOR, null, null);
        ofAlpha = token(Role.ADMINISTRATOR, "alpha", null);
        ofBeta = token(Role.ADMINISTRATOR, "beta", null);
        directory.refresh();
    }

    private String token(Role role, @Nullable String project, @Nullable Set<String> scopes) {
        return tokens.create(new AccessTokens.TokenRequest("test", role, project, scopes, null), "test")
                .orElseThrow()
                .secret()
                .text();
    }

    private static RequestSpecification as(String token) {
        return given().header("Authorization", "Bearer " + token);
    }

    private static RequestSpecification create(String token, Map<String, Object> body) {
        return as(token).contentType("application/json").body(body);
    }

    private static String id(String token) {
        return token.split("_")[1];
    }

    @Test
    void withoutHeaderItIsTheOnlyProjectOfTheToken() {
        as(ofAlpha)
                .get(ME)
                .then()
                .body("project", equalTo("alpha"))
                .body("projects.project", equalTo(List.of("alpha")));
        as(ofAlpha).get(ME).then().body("permissions", not(hasItem("platform")));
        as(platform).get(ME).then().body("project", equalTo("default")).body("permissions", hasItem("platform"));
        as(platform).get(ME).then().body("projects.project", hasItem("beta"));
    }

    @Test
    void administratorsOfAllProjectsChooseOneByItsHeader() {
        as(platform).header("trainyard-project", "beta").get(ME).then().body("project", equalTo("beta"));
    }

    @Test
    void aForeignProjectAnswersLikeAnUnknownOne() {
        String foreign = refusal("beta");
        assertThat(foreign).isEqualTo(refusal("nothing").replace("nothing", "beta"));
        as(platform).header("Trainyard-Project", "nothing").get(ME).then().statusCode(404);
    }

    private String refusal(String project) {
        return as(ofAlpha)
                .header("Trainyard-Project", project)
                .get(ME)
                .then()
                .statusCode(404)
                .extract()
                .path("detail");
    }

    @Test
    void anInvalidHeaderIsRefused() {
        for (String name : List.of("", "Alpha", "a/b", "-a", "a-", "a".repeat(41))) {
            as(platform)
                    .header("Trainyard-Project", name)
                    .get(ME)
                    .then()
                    .statusCode(422)
                    .body("detail", containsString("lower-case"));
        }
        as(platform).header("Trainyard-Project", "alpha", "beta").get(ME).then().statusCode(422);
    }

    @Test
    void administratorsOfOneProjectManageItsTokensOnly() {
        as(ofAlpha).get(TOKENS).then().statusCode(200).body("tokens.project", everyItem(equalTo("alpha")));
        as(ofAlpha).delete(TOKENS + "/" + id(ofBeta)).then().statusCode(404);
        as(ofAlpha).delete(TOKENS + "/" + id(platform)).then().statusCode(404);
        as(ofAlpha).post(TOKENS + "/" + id(ofBeta) + "/rotate").then().statusCode(404);
        as(ofBeta).get(ME).then().statusCode(200);
        as(platform).get(TOKENS).then().body("tokens.project", hasItem("beta"));

        create(ofAlpha, Map.of("name", "x", "role", "viewer", "project", "beta"))
                .post(TOKENS)
                .then()
                .statusCode(422)
                .body("errors.pointer", hasItem("/project"));
        create(ofAlpha, Map.of("name", "x", "role", "administrator"))
                .post(TOKENS)
                .then()
                .statusCode(201)
                .body("project", equalTo("alpha"))
                .body("permissions", not(hasItem("platform")));
        create(platform, Map.of("name", "x", "role", "viewer", "project", "beta"))
                .post(TOKENS)
                .then()
                .statusCode(201)
                .body("project", equalTo("beta"));
    }

    @Test
    void nobodyRaisesItsPermissionsByATokenOfAnother() {
        String narrow = token(Role.ADMINISTRATOR, "alpha", Set.of("administer"));
        directory.refresh();

        create(narrow, Map.of("name", "x", "role", "administrator"))
                .post(TOKENS)
                .then()
                .statusCode(403)
                .body("detail", containsString("operate, predict, read, submit"));
        as(narrow).post(TOKENS + "/" + id(ofAlpha) + "/rotate").then().statusCode(403);
        as(ofAlpha).get(ME).then().statusCode(200);
    }

    /** As a gateway of the release before creates them. */
    @Test
    void tokensWithoutProjectAreOfDefaultUnlessTheirRoleIsAdministrator() {
        String viewer = token(Role.VIEWER, null, null);
        directory.refresh();
        as(viewer).get(ME).then().body("project", equalTo("default"));
        as(viewer).header("Trainyard-Project", "alpha").get(ME).then().statusCode(404);
    }
}
