package dev.trainyard.gateway;

import static dev.trainyard.gateway.SampleJobs.config;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Mouse;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import dev.trainyard.image.DigitImageDecoder;
import dev.trainyard.image.PngException;
import dev.trainyard.job.FailureCode;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.RequestedOutput;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The web page on a phone that is 390 pixels wide. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PagePhoneTest extends BrowserTestBase {
    /** Height of a phone's viewport: 844 pixels less the browser's bars. */
    private static final int VISIBLE = 660;

    private static final float[] SEVEN = {0, 0.25f, 0, 0, 0, 0, 0, 0.75f, 0, 0};

    private BrowserSession phone(String path) {
        return visit(BrowserSession.PHONE, ColorScheme.LIGHT).go(path);
    }

    @Test
    void thePredictionIsVisibleBesideThePadWhileDrawing() throws Exception {
        for (boolean strange : new boolean[] {false, true}) {
            PredictReply.Trust trust =
                    new PredictReply.Trust(strange ? new int[0] : new int[] {1, 7}, strange, 9, 2, null);
            try (FakePredictor predictor = new FakePredictor(kafka, request -> answer(request, trust));
                    BrowserSession visit = phone("/draw")) {
                BoundingBox sheet = visit.at("canvas").boundingBox();
                Mouse mouse = visit.page.mouse();
                mouse.move(sheet.x + 40, sheet.y + 40);
                mouse.down();
                mouse.move(sheet.x + 180, sheet.y + 60, new Mouse.MoveOptions().setSteps(8));
                visit.at(strange ? "#outlier" : "#verdict").waitFor(); // the finger is still down
                BoundingBox verdict =
                        visit.at(strange ? "#outlier" : "#verdict").boundingBox();
                sheet = visit.at("canvas").boundingBox();
                assertThat(visit.page.evaluate("scrollY")).isEqualTo(0);
                assertThat(verdict.x).isGreaterThanOrEqualTo(sheet.x + sheet.width);
                assertThat(verdict.x + verdict.width).isLessThanOrEqualTo(BrowserSession.PHONE);
                assertThat(verdict.y).isBetween(sheet.y - 20, sheet.y + sheet.height);
                assertThat(sheet.y + sheet.height).isLessThan(VISIBLE);
                assertThat(verdict.y + verdict.height).isLessThan(VISIBLE);
                assertThat(sheet.width).isGreaterThanOrEqualTo(200);
                visit.screenshot(strange ? "draw-phone-outlier" : "draw-phone-verdict");
                mouse.up();
                assertThat(visit.overflow()).isZero();
            }
        }
    }

    private static PredictReply.Outcome answer(ConsumerRecord<byte[], byte[]> request, PredictReply.Trust trust) {
        if (!RequestedOutput.IMAGE.wireName().equals(FakePredictor.header(request, PredictHeaders.REQUESTED_OUTPUT))) {
            return new PredictReply.Answered("DigitModel", 1, 7, SEVEN, trust);
        }
        try {
            return new PredictReply.InputImage(DigitImageDecoder.decode(request.value()));
        } catch (PngException e) {
            return new PredictReply.Rejected(e.getMessage());
        }
    }

    /**
     * Every page with content: no overflow, no squeezed captions, and touch targets that are large
     * enough.
     */
    @Test
    void everyPageFitsThePhoneAndHasLargeTouchTargets() throws Exception {
        Map<String, String> pages = new LinkedHashMap<>();
        try (FakeTrainer trainer = new FakeTrainer(kafka, artifacts)) {
            String done = scene.finished(trainer, 3);
            String running = scene.running(trainer);
            String failed = scene.submitted(config("mlp", 2, 61));
            trainer.take(failed, 1).claim().fail(FailureCode.TRAINING_DIVERGED);
            scene.awaitJob(failed, "status", "failed");
            String queued = scene.submitted(config("mlp", 2, 62));
            trainer.sendEvent("x".repeat(120), "{".getBytes());
            pages.put("home", "/");
            pages.put("jobs", "/jobs");
            pages.put("new", "/jobs/new");
            pages.put("job", "/jobs/" + running);
            pages.put("failed", "/jobs/" + failed);
            pages.put("queued", "/jobs/" + queued);
            String study = PageStudiesTest.created(2, 1);
            pages.put("studies", "/studies");
            pages.put("study", "/studies/" + study);
            pages.put("new-study", "/studies/new?from=" + study);
            pages.put("compare", "/compare?keys=" + String.join(",", done, running, failed, queued));
            pages.put("models", "/models");
            pages.put("model", "/models/DigitModel?version=1");
            pages.put("draw", "/draw");
            pages.put("system", "/system");
            pages.put("audit", "/audit");
            for (Map.Entry<String, String> page : pages.entrySet()) {
                try (BrowserSession visit = phone(page.getValue())) {
                    assertThat(visit.overflow())
                            .as("overflow of " + page.getKey())
                            .isZero();
                    assertThat(squeezed(visit)).as(page.getKey()).isEmpty();
                    assertThat(small(visit)).as(page.getKey()).isEmpty();
                    visit.fullPageScreenshot("fits-" + page.getKey());
                }
            }
            post("/api/v1/studies/" + study + "/cancel").then().statusCode(200);
            post("/api/v1/train/" + queued + "/cancel").then().statusCode(200);
        }
    }

    /** Captions and headings of more than two lines that do not use the width of their container. */
    @SuppressWarnings("unchecked")
    private static List<String> squeezed(BrowserSession visit) {
        return new ArrayList<>((List<String>) visit.page.evaluate("""
                () => [...document.querySelectorAll('main caption, main figcaption, main h2')]
                    .filter((one) => one.offsetHeight > 3 * parseFloat(getComputedStyle(one).lineHeight || 24)
                        && one.offsetWidth < one.closest('.wide, figure, section, main').clientWidth - 40)
                    .map((one) => one.textContent)"""));
    }

    /** Touch targets below the minimum height; cells of the confusion matrix need only 24 pixels. */
    @SuppressWarnings("unchecked")
    private static List<String> small(BrowserSession visit) {
        return new ArrayList<>((List<String>) visit.page.evaluate("""
                () => [...document.querySelectorAll('button, .button, select, nav a, summary, input[type=text]')]
                    .filter((one) => one.checkVisibility() && one.offsetHeight < (one.closest('.confusion') ? 24 : 40))
                    .map((one) => `${one.textContent.trim().slice(0, 30)} ${one.offsetHeight}`)"""));
    }
}
