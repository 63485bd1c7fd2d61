package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

/** The not-found page and the API explorer under their Content-Security-Policy. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageNotFoundTest extends BrowserTestBase {
    @Test
    void anUnknownAddressShowsLinks() {
        for (String path : new String[] {"/nothing/here", "/api/v9/train"}) {
            try (BrowserSession visit = strictVisit().open(path)) {
                visit.sees("h1", "Page not found");
                visit.at("main a[href='/jobs']").click();
                visit.sees("h1", "Jobs");
                visit.forgives("status of 404");
            }
        }
    }

    @Test
    void theApiExplorerWorks() {
        try (BrowserSession visit = strictVisit().open("/q/swagger-ui")) {
            visit.sees(".info .title", "Trainyard");
            visit.at("#operations-train-trainSubmit").waitFor();
            assertThat(visit.page.title()).isEqualTo("Trainyard API");
        }
    }

    /** The policy allows the import map of the page and no injected one. */
    @Test
    void aScriptOutsideTheContentSecurityPolicyDoesNotRun() {
        try (BrowserSession visit = strictVisit().open("/system")) {
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
