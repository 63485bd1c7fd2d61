package dev.trainyard.gateway;

import static dev.trainyard.gateway.SampleJobs.config;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import dev.trainyard.job.FailureCode;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The web page shows untrusted text as text, never as markup, and handles every address. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageInjectionTest extends BrowserTestBase {
    private static final String MARKUP = "<img src=x onerror=\"window.hurt=true\"><script>window.hurt=true</script>";

    @Test
    void theMessageOfATrainerIsShownAsText() throws Exception {
        try (FakeTrainer trainer = new FakeTrainer(kafka, artifacts)) {
            String key = scene.submitted(config("mlp", 2, 11));
            trainer.take(key, 1).claim().report(new TrainEvent.Failed(FailureCode.CONFIGURATION_REJECTED, MARKUP));
            scene.awaitJob(key, "status", "failed");
            try (BrowserSession visit = visit().go("/jobs/" + key)) {
                visit.sees(".notice", MARKUP);
                assertThat(visit.page.evaluate("document.querySelectorAll('main img, main script').length"))
                        .isEqualTo(0);
                assertThat(visit.page.evaluate("'hurt' in window")).isEqualTo(false);
            }
        }
    }

    @Test
    void aDeadLetterIsShownAsText() throws Exception {
        String key = MARKUP + UUID.randomUUID();
        try (FakeTrainer trainer = new FakeTrainer(kafka, artifacts)) {
            trainer.sendEvent(key, MARKUP.getBytes());
        }
        try (BrowserSession visit = visit().go("/system")) {
            visit.sees("td", key);
            assertThat(visit.page.evaluate("document.querySelectorAll('main img, main script').length"))
                    .isEqualTo(0);
            assertThat(visit.page.evaluate("'hurt' in window")).isEqualTo(false);
        }
    }

    @Test
    void aDeadLetterWithoutSpacesDoesNotWidenThePage() throws Exception {
        String key = "x".repeat(200) + UUID.randomUUID();
        try (FakeTrainer trainer = new FakeTrainer(kafka, artifacts)) {
            trainer.sendEvent(key, "{".getBytes());
        }
        try (BrowserSession visit =
                visit(BrowserSession.PHONE, ColorScheme.LIGHT).go("/system")) {
            visit.sees("td", key);
            assertThat(visit.overflow()).isZero();
        }
    }

    @Test
    void invalidAddressesShowAMessageAndNothingElse() {
        for (String path : List.of(
                "/jobs/%3Cimg%20src=x%20onerror=hurt()%3E",
                "/jobs/%25zz",
                "/jobs?status=%3Cb%3E&cursor=%27",
                "/models/%3Cb%3E",
                "/models/DigitModel?version=%3Cb%3E",
                "/compare?keys=%3Cb%3E,javascript:alert(1)",
                "/compare?keys=" + "a,".repeat(11)
                        + String.join(",", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"))) {
            try (BrowserSession visit = visit().go(path)) {
                visit.at("main .notice").first().waitFor();
                assertThat(visit.page.evaluate("document.querySelectorAll('main img, main b, main script').length"))
                        .as(path)
                        .isEqualTo(0);
                visit.forgives("Failed to load"); // 404 and 422
            }
        }
    }
}
