package dev.trainyard.gateway;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.trainyard.gateway.access.TestTokens;
import dev.trainyard.gateway.access.TokensProfile;
import dev.trainyard.gateway.permission.Permissions;
import dev.trainyard.gateway.permission.Role;
import dev.trainyard.gateway.projects.ProjectDirectory;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.builder.RequestSpecBuilder;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Users sign in on the web page with an access token and see what their role may do. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(TokensProfile.class)
class PageSignInTest extends BrowserTestBase {
    private static final String COOKIE = "trainyard_session";

    @Inject
    TestTokens tokens;

    @Inject
    ProjectDirectory projects;

    private RequestSpecification administrator;
    private String job;

    @BeforeEach
    void submitAJob() {
        administrator = new RequestSpecBuilder()
                .addHeader("Authorization", "Bearer " + tokens.create(Role.ADMINISTRATOR))
                .build();
        RestAssured.requestSpecification = administrator;
        job = scene.submitted(SampleJobs.CONFIG);
    }

    @AfterEach
    void restoreRequests() {
        RestAssured.requestSpecification = null;
    }

    private static void signIn(BrowserSession visit, String token) {
        visit.sees("h1", "Sign in");
        visit.at("#token").fill(token);
        visit.at("#sign-in").click();
    }

    private BrowserSession visitAs(Role role, String path) {
        BrowserSession visit = visit().open(path);
        signIn(visit, tokens.create(role));
        return visit.sees("#who", "my %s (%s)".formatted(role.wireName(), role.wireName()));
    }

    private static void shows(BrowserSession visit, String selector, boolean shown) {
        visit.at(selector)
                .first()
                .waitFor(new Locator.WaitForOptions()
                        .setState(shown ? WaitForSelectorState.VISIBLE : WaitForSelectorState.HIDDEN));
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void everyPageShowsOnlyWhatTheRoleMayDo(Role role) {
        boolean reads = role.permissions().contains(Permissions.READ);
        boolean submits = role.permissions().contains(Permissions.SUBMIT);
        boolean operates = role.permissions().contains(Permissions.OPERATE);
        boolean predicts = role.permissions().contains(Permissions.PREDICT);
        String study = PageStudiesTest.created(2, 1);
        try (BrowserSession visit = visitAs(role, "/jobs?status=queued")) {
            visit.sees("h1", reads ? "Jobs" : "Not allowed");
            assertThat(visit.page.url()).endsWith("/jobs?status=queued");
            shows(visit, "nav a[href='/jobs']", reads);
            shows(visit, "nav a[href='/system']", reads);
            shows(visit, "nav a[href='/draw']", predicts);
            if (reads) {
                visit.sees("td code", job.substring(0, 8));
            }
            shows(visit, "#new-job", submits);
            shows(visit, "[data-action=cancel]", submits);
            shows(visit, "[data-bulk=cancel]", submits);

            visit.go("/jobs/" + job).sees("h1", reads ? "Job" : "Not allowed");
            shows(visit, "[data-action=pause]", submits);
            visit.go("/jobs/new").sees("h1", submits ? "New training" : "Not allowed");
            visit.go("/studies").sees("h1", reads ? "Studies" : "Not allowed");
            shows(visit, "nav a[href='/studies']", reads);
            shows(visit, "#new-study", submits);
            visit.go("/studies/" + study).sees("h1", reads ? "rates" : "Not allowed");
            if (reads) {
                visit.sees("#trial-0 .chip", "running");
            }
            for (String action : List.of("[data-action=pause]", "[data-stop]", "#extend", "#clone")) {
                shows(visit, action, submits);
            }
            visit.go("/studies/new").sees("h1", submits ? "New study" : "Not allowed");
            visit.go("/models").sees("h1", reads ? "Models" : "Not allowed");
            visit.go("/models/DigitModel").sees("h1", reads ? "DigitModel" : "Not allowed");
            shows(visit, "[data-delete]", operates);
            shows(visit, "[data-promote]", operates);
            shows(visit, "#rollback", operates);
            shows(visit, "#delete-model", operates);
            shows(visit, "a[download]", reads);
            visit.go("/system").sees("h1", reads ? "System" : "Not allowed");
            visit.go("/compare").sees("h1", reads ? "Compare" : "Not allowed");
            visit.go("/draw").sees("h1", predicts ? "Draw a digit" : "Not allowed");
            visit.go("/").sees("h1", reads ? "Overview" : "Welcome");
            shows(visit, "#train-sample", submits);
            shows(visit, ".card a[href='/draw']", predicts);
            assertThat(visit.accessibilityViolations()).isEmpty();
        }
    }

    @Test
    void aSubmitterTrainsAndPausesAndSeesUpdates() {
        try (BrowserSession visit = visitAs(Role.SUBMITTER, "/")) {
            visit.at("#train-sample").click();
            visit.sees("h1", "Job").sees(".chip", "queued");
            visit.at("[data-action=pause]").click();
            visit.sees(".chip", "paused");

            visit.at("nav a[href='/jobs']").click();
            visit.sees("h1", "Jobs");
            String later = scene.submitted(SampleJobs.CONFIG);
            visit.sees("td code", later.substring(0, 8)); // by the event stream
        }
    }

    @Test
    void anAdministratorOfAllProjectsSelectsOne() {
        jdbi.useHandle(handle -> handle.execute("insert into project (name) values ('vision') on conflict do nothing"));
        projects.refresh();
        try (BrowserSession visit = visitAs(Role.ADMINISTRATOR, "/jobs")) {
            visit.sees("td code", job.substring(0, 8));
            visit.page.waitForRequest(
                    request -> request.url().contains("/api/v1/train?")
                            && "vision".equals(request.headers().get("trainyard-project")),
                    () -> visit.at("#project").selectOption("vision"));
            visit.page.waitForRequest(
                    request -> request.url().endsWith("/api/v1/train/events?trainyard-project=vision"),
                    () -> visit.go("/jobs"));
            assertThat(visit.at("#project").inputValue()).isEqualTo("vision");
            visit.at("#project").selectOption("default");
            visit.sees("td code", job.substring(0, 8));
        }
        try (BrowserSession visit = visitAs(Role.OPERATOR, "/jobs")) {
            shows(visit, "#project", false);
        }
    }

    @Test
    void aWrongTokenIsExplainedAndTheFormStays() {
        String token = tokens.create(Role.VIEWER);
        String wrong = token.substring(0, token.length() - 1) + (token.endsWith("0") ? "1" : "0");
        try (BrowserSession visit = visit().open("/models?name=DigitModel")) {
            signIn(visit, wrong);
            visit.sees("[role=alert]", "unknown, expired or revoked");
            assertThat(visit.accessibilityViolations()).isEmpty();
            visit.forgives("status of 401");

            signIn(visit, token);
            visit.sees("h1", "Models");
            assertThat(visit.page.url()).endsWith("/models?name=DigitModel");
            visit.go("/models").sees("#who", "viewer");
        }
    }

    @Test
    void theSignInFitsOnAPhone() {
        try (BrowserSession visit =
                visit(BrowserSession.PHONE, ColorScheme.DARK).open("/jobs")) {
            visit.sees("h1", "Sign in");
            assertThat(visit.overflow()).isZero();
            assertThat(visit.accessibilityViolations()).isEmpty();
            visit.screenshot("sign-in-phone");
            signIn(visit, tokens.create(Role.OPERATOR));
            visit.sees("h1", "Jobs");
            assertThat(visit.overflow()).isZero();
            visit.screenshot("signed-in-phone");
        }
    }

    @Test
    void afterSignOutTheSessionIsOver() {
        try (BrowserSession visit = visitAs(Role.OPERATOR, "/jobs")) {
            visit.sees("td code", job.substring(0, 8));
            String cookie = cookie(visit);
            visit.at("#sign-out").click();
            visit.sees("h1", "Sign in");
            shows(visit, "#who", false);
            assertThat(visit.page.context().cookies()).isEmpty();
            RestAssured.requestSpecification = null;
            given().cookie(COOKIE, cookie).get("/api/v1/me").then().statusCode(401);
            visit.open("/jobs").sees("h1", "Sign in");
        }
    }

    @Test
    void anEndedSessionAsksForTheTokenAndReturnsToThePage() {
        String token = tokens.create(Role.VIEWER);
        try (BrowserSession visit = visit().open("/models?name=DigitModel")) {
            signIn(visit, token);
            visit.sees("h1", "Models");

            jdbi.useHandle(handle -> handle.execute("delete from page_session"));

            signIn(visit, token);
            visit.forgives("status of 401");
            visit.sees("h1", "Models");
            assertThat(visit.page.url()).endsWith("/models?name=DigitModel");
            visit.forgives("status of 401");
        }
    }

    @Test
    void aStolenCookieChangesNothing() {
        try (BrowserSession visit = visitAs(Role.ADMINISTRATOR, "/jobs")) {
            String cookie = cookie(visit);
            RestAssured.requestSpecification = null;
            given().cookie(COOKIE, cookie)
                    .post("/api/v1/train/" + job + "/cancel")
                    .then()
                    .statusCode(403);
            given().cookie(COOKIE, cookie)
                    .delete("/api/v1/models/DigitModel")
                    .then()
                    .statusCode(403);
            given().cookie(COOKIE, cookie)
                    .contentType("application/json")
                    .body("{\"name\":\"mine\",\"role\":\"administrator\"}")
                    .post("/api/v1/tokens")
                    .then()
                    .statusCode(403);
            RestAssured.requestSpecification = administrator;
            scene.awaitJob(job, "status", "queued");
            visit.at("[data-action=pause]").first().click();
            scene.awaitJob(job, "status", "paused");
        }
    }

    private static String cookie(BrowserSession visit) {
        Cookie cookie = visit.page.context().cookies().stream()
                .filter(one -> one.name.equals(COOKIE))
                .findFirst()
                .orElseThrow();
        assertThat(cookie.httpOnly).isTrue();
        assertThat(visit.page.evaluate("document.cookie")).isEqualTo("");
        return cookie.value;
    }

    /** Pages and their scripts work under the Content-Security-Policy. */
    @Test
    void theSignInWorksUnderThePolicyOfThePage() {
        try (BrowserSession visit = strictVisit().open("/jobs")) {
            signIn(visit, tokens.create(Role.SUBMITTER));
            visit.sees("td code", job.substring(0, 8));
            visit.at("#sign-out").click();
            visit.sees("h1", "Sign in");
        }
    }
}
