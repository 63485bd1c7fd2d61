package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

/** What a browser shows where there is no page, and the explorer of the API, under the policies that they are sent. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageNotFoundTest extends BrowserTestBase {
    @Test
    void anUnknownAddressShowsWhereToGo() {
        for (String path : new String[] {"/nothing/here", "/api/v9/train"}) {
            try (BrowserSession visit = plainVisit().open(path)) {
                visit.sees("h1", "Page not found");
                visit.at("main a[href='/jobs']").click();
                visit.sees("h1", "Jobs");
                visit.forgives("status of 404");
            }
        }
    }

    @Test
    void theExplorerShowsTheApi() {
        try (BrowserSession visit = plainVisit().open("/q/swagger-ui")) {
            visit.sees(".info .title", "Trainyard");
            visit.at("#operations-train-trainSubmit").waitFor();
            assertThat(visit.page.title()).isEqualTo("Trainyard API");
        }
    }

    /** An import map that the policy did not allow would leave the page empty; one of a stranger must not run. */
    @Test
    void aScriptThatThePolicyDoesNotKnowDoesNotRun() {
        try (BrowserSession visit = plainVisit().open("/system")) {
            visit.at("main h1").waitFor();
            visit.page
                    .locator("body")
                    .evaluate("body => { const script = document.createElement('script');"
                            + " script.textContent = 'document.title = \"broken\"'; body.append(script); }");
            assertThat(visit.page.title()).doesNotContain("broken");
            visit.forgives("Content Security Policy");
        }
    }
}
