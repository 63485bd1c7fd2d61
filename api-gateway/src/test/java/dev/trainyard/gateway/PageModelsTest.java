package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.models.ModelPublisher;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Models on the web page: version in production, confusion matrix and download. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageModelsTest extends BrowserTestBase {
    private String modelWithTwoVersions() {
        String model = "Page-" + UUID.randomUUID();
        new ModelPublisher(registry, new FileArtifactStore(artifacts)).versions(model, 2);
        return model;
    }

    @Test
    void aVersionIsPromotedRolledBackAndDownloaded() {
        String model = modelWithTwoVersions();
        try (BrowserSession visit = visit().go("/models/" + model)) {
            visit.sees("main", "In production: version 1");
            visit.at("[data-promote='2']").click();
            yes(visit);
            visit.sees("main", "In production: version 2").sees("#says", "Version 2 is in production");
            visit.sees(".timeline li", "from 1 to 2");
            visit.at("#rollback").click();
            yes(visit);
            visit.sees("main", "In production: version 1");
            visit.at("#rollback").click();
            yes(visit);
            visit.sees("[role=alert]", "nothing"); // and it stays, although the page goes on to look
            visit.forgives("409");

            Download file = visit.page.waitForDownload(
                    () -> visit.at("a[download]").first().click());
            assertThat(file.suggestedFilename()).isEqualTo(model + "-2.onnx");

            post("/api/v1/models/" + model + "/versions/2/promote").then().statusCode(200);
            visit.sees("main", "In production: version 2").sees("[role=alert]", "nothing");
        }
    }

    private static void yes(BrowserSession visit) {
        visit.at("dialog [data-answer=yes]").click();
    }

    @Test
    void aMissingVersionIsReportedAndRequestedOnce() {
        String model = modelWithTwoVersions();
        AtomicInteger asked = new AtomicInteger();
        try (BrowserSession visit = visit()) {
            visit.page.onRequest(request -> {
                if (request.url().endsWith("/versions/999")) {
                    asked.incrementAndGet();
                }
            });
            visit.go("/models/" + model + "?version=999").sees(".notice", "There is no version 999");
            for (int again = 0; again < 2; again++) {
                visit.page.waitForResponse("**/api/v1/models/" + model, () -> {});
            }
            assertThat(asked.get()).isEqualTo(1);
            assertThat(visit.at("[role=alert]").count()).isZero();
            visit.at(".notice a").click();
            visit.sees("h2", "Version 2");
            visit.forgives("404");
        }
    }

    /** All images are stacked in one file; each is searched at the position in the metadata. */
    @Test
    void everyMistakeIsShownWithItsImage() {
        JsonPath version = get("/api/v1/models/DigitModel/versions/1").jsonPath();
        List<Integer> images = version.getList("metadata.confusion.examples.image");
        try (BrowserSession visit = visit().go("/models/DigitModel?version=1")) {
            visit.at("ty-confusion button").last().click();
            visit.at(".mistakes .digit").first().waitFor();
            for (Locator digit : visit.at(".mistakes .digit").all()) {
                int image =
                        Integer.parseInt(digit.getAttribute("aria-label").replaceAll("Test image ([0-9]+):.*", "$1"));
                int index = images.indexOf(image);
                assertThat(index).isPositive();
                assertThat(digit.evaluate("one => one.style.backgroundPosition"))
                        .isEqualTo("0px -%dpx".formatted(56 * index));
            }
        }
    }

    @Test
    void aCellOfTheConfusionMatrixShowsItsMistakes() {
        try (BrowserSession visit = visit().go("/models/DigitModel?version=1")) {
            Locator cell = visit.at("ty-confusion button").first();
            int count = Integer.parseInt(cell.textContent().strip());
            String name = cell.getAttribute("aria-label");
            assertThat(name).matches(count + " of digit [0-9] taken for [0-9]");
            cell.press("Enter");

            visit.sees("h3", name.replaceAll(".*digit (.*)", "$1") + ": " + count);
            assertThat(visit.at(".mistakes .digit").count()).isEqualTo(Math.min(count, 4));
            assertThat(visit.at(".mistakes .digit").first().boundingBox().width).isGreaterThanOrEqualTo(56);
            assertThat(visit.accessibilityViolations()).isEmpty();
            assertThat(visit.at("td .right-one").count()).isEqualTo(10);
            visit.at("ty-confusion button").last().click();
            visit.screenshot("mistakes");
        }
    }
}
