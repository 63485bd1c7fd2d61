package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import dev.trainyard.gateway.access.OidcProfile;
import dev.trainyard.gateway.access.TestOidcProvider;
import dev.trainyard.gateway.projects.ProjectDirectory;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Users sign in on the web page at an OpenID provider. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(OidcProfile.class)
class PageProviderSignInTest extends BrowserTestBase {
    @Inject
    ProjectDirectory projects;

    private TestOidcProvider provider;

    @BeforeEach
    void start() {
        provider = TestOidcProvider.start();
    }

    @AfterEach
    void stop() {
        provider.stop();
    }

    private BrowserSession signIn(BrowserSession visit) {
        visit.sees("h1", "Sign in").sees("#provider", "Sign in with Example & \"Co\"");
        visit.at("#provider").click();
        visit.forgives(TestOidcProvider.issuer());
        return visit;
    }

    @Test
    void aUserSignsInReturnsToThePageAndSignsOut() {
        provider.expect("subject-1", "submitter");
        try (BrowserSession visit = strictVisit().open("/jobs?status=queued")) {
            signIn(visit).sees("#who", "ada (submitter)").sees("h1", "Jobs");
            assertThat(visit.page.url()).endsWith("/jobs?status=queued");
            visit.forgives(TestOidcProvider.issuer());
            visit.open("/jobs").sees("#who", "ada (submitter)");

            visit.page.waitForRequest(
                    request -> request.url().startsWith(TestOidcProvider.issuer() + "/endsession?"),
                    () -> visit.at("#sign-out").click());
            visit.page.waitForURL(gateway.toString());
            visit.open("/jobs").sees("h1", "Sign in");
            visit.forgives(TestOidcProvider.issuer());
        }
    }

    @Test
    void aUserOfSeveralProjectsSeesWhatTheRoleInEachMayDo() {
        jdbi.useHandle(handle -> {
            handle.execute("insert into project (name) values ('vision') on conflict do nothing");
            handle.execute("insert into project (name) values ('speech') on conflict do nothing");
        });
        projects.refresh();
        provider.expect("subject-2", "speech:viewer", "vision:submitter");
        try (BrowserSession visit = visit().open("/jobs")) {
            signIn(visit).sees("#who", "ada (viewer)").sees("h1", "Jobs");
            assertThat(visit.at("#project").inputValue()).isEqualTo("speech");
            assertThat(visit.at("#new-job").count()).isZero();
            visit.at("#project").selectOption("vision");
            visit.sees("#who", "ada (submitter)");
            visit.at("#new-job").waitFor();
            visit.forgives(TestOidcProvider.issuer());
        }
    }

    @Test
    void refusalsAreExplainedWithoutTheTextOfTheAddress() {
        try (BrowserSession visit = visit(BrowserSession.PHONE, ColorScheme.DARK)
                .open("/sign-in?error=access_denied&error_description=Call+1234&state=x")) {
            visit.sees("h1", "Sign in").sees("[role=alert]", "cancelled, or you may not use this platform");
            assertThat(visit.page.content()).doesNotContain("1234");
            assertThat(visit.page.url()).doesNotContain("error");
            assertThat(visit.overflow()).isZero();
            assertThat(visit.accessibilityViolations()).isEmpty();
            visit.open("/sign-in?error=constructor").sees("[role=alert]", "refused the sign-in");
        }
    }

    @Test
    void anAnswerThatThisBrowserDidNotAskForIsExplained() {
        try (BrowserSession visit = visit().open("/sign-in?code=c&state=s")) {
            visit.sees("h1", "Sign in").sees("[role=alert]", "begun in another browser");
            assertThat(visit.page.url()).doesNotContain("code");
            visit.forgives("status of 401");
        }
    }

    @Test
    void theSignInReturnsToOwnPagesOnly() {
        provider.expect("subject-1", "viewer");
        try (BrowserSession visit = visit().open("/draw")) {
            visit.sees("h1", "Sign in");
            visit.page.evaluate(
                    "addEventListener('pagehide', () => sessionStorage.setItem('return-to', '//evil.example/jobs'))");
            signIn(visit).sees("#who", "ada (viewer)");
            assertThat(visit.page.url()).isEqualTo(gateway.toString());
            visit.forgives(TestOidcProvider.issuer());
        }
    }
}
