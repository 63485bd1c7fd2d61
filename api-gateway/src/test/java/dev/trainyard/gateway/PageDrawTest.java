package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Mouse;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.FilePayload;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.trainyard.image.DigitImageDecoder;
import dev.trainyard.image.PngException;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.RequestedOutput;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Drawing digits on the web page with mouse and keyboard; the test simulates the predictor. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageDrawTest extends BrowserTestBase {
    private static final float[] PROBABILITIES = {0, 0.25f, 0, 0, 0, 0, 0, 0.75f, 0, 0};

    /** Returns true if the input image has more than the first stroke, which alone would be centred. */
    private static final String SEES_THE_FOOT = """
            () => {
              const seen = document.querySelector('#seen');
              if (!seen?.complete) return false;
              const canvas = new OffscreenCanvas(28, 28).getContext('2d');
              canvas.drawImage(seen, 0, 0);
              return canvas.getImageData(0, 21, 28, 1).data.some((value, i) => i % 4 === 0 && value > 128);
            }""";

    private FakePredictor predictor;
    private volatile boolean strange;
    private volatile int[] fits = {7};
    /** Released when the predictor may answer. */
    private volatile CountDownLatch go = new CountDownLatch(0);

    @BeforeEach
    void startThePredictor() {
        predictor = new FakePredictor(kafka, this::answer);
    }

    @AfterEach
    void stopThePredictor() throws Exception {
        predictor.close();
    }

    private PredictReply.Outcome answer(ConsumerRecord<byte[], byte[]> request) {
        if (RequestedOutput.IMAGE.wireName().equals(FakePredictor.header(request, PredictHeaders.REQUESTED_OUTPUT))) {
            try {
                return new PredictReply.InputImage(DigitImageDecoder.decode(request.value()));
            } catch (PngException e) {
                return new PredictReply.Rejected(e.getMessage());
            }
        }
        try {
            go.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        PredictReply.Trust trust =
                new PredictReply.Trust(strange ? new int[0] : fits, strange, strange ? 9 : 1, 2, null);
        String version = FakePredictor.header(request, PredictHeaders.VERSION);
        return new PredictReply.Answered(
                "DigitModel", version == null ? 1 : Integer.parseInt(version), 7, PROBABILITIES, trust);
    }

    @Test
    void aDigitIsPredictedWhileItIsDrawnAndUndone() {
        try (BrowserSession visit = visit().go("/draw")) {
            BoundingBox sheet = visit.at("canvas").boundingBox();
            Mouse mouse = visit.page.mouse();
            mouse.move(sheet.x + 70, sheet.y + 60);
            mouse.down();
            mouse.move(sheet.x + 220, sheet.y + 60, new Mouse.MoveOptions().setSteps(8));
            visit.sees("#verdict", "It is a 7"); // before the pen is lifted
            mouse.move(sheet.x + 120, sheet.y + 250, new Mouse.MoveOptions().setSteps(8));
            mouse.up();
            visit.page.waitForFunction(SEES_THE_FOOT);
            visit.sees(".bars .best", "75.0 %");
            visit.screenshot("draw-seven");
            visit.at("#undo").click();
            visit.sees("main", "Draw a digit, choose a sample");
        }
    }

    @Test
    void undoRemovesOnlyTheLastStroke() {
        String ink = """
                () => document.querySelector('canvas').getContext('2d').getImageData(0, 0, 280, 280).data
                    .filter((value, i) => i % 4 === 0 && value < 128).length""";
        try (BrowserSession visit = visit().go("/draw")) {
            draw(visit);
            Object one = visit.page.evaluate(ink);
            BoundingBox sheet = visit.at("canvas").boundingBox();
            visit.page.mouse().move(sheet.x + 40, sheet.y + 150);
            visit.page.mouse().down();
            visit.page.mouse().move(sheet.x + 250, sheet.y + 150, new Mouse.MoveOptions().setSteps(8));
            visit.page.mouse().up();
            assertThat(((Number) visit.page.evaluate(ink)).intValue()).isGreaterThan(((Number) one).intValue());
            visit.at("#undo").click();
            assertThat(visit.page.evaluate(ink)).isEqualTo(one);
            visit.at("#undo").click();
            assertThat(visit.page.evaluate(ink)).isEqualTo(0);
        }
    }

    @Test
    void theSelectedVersionPredictsAndAlternativesAreShown() {
        fits = new int[] {1, 7};
        try (BrowserSession visit = visit().go("/draw")) {
            visit.at("[data-digit='7']").click();
            visit.sees("#verdict", "It is a 7").sees("[role=status]", "It may also be 1.");
            Locator newest = visit.at("#version option").nth(1);
            newest.waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.ATTACHED));
            String version = newest.getAttribute("value");
            visit.page.waitForResponse("**/api/v1/predict?version=" + version, () -> visit.at("#version")
                    .selectOption(version));
            visit.sees("main", "Predicted by DigitModel " + version);
        }
    }

    @Test
    void theSelectedVersionStaysSelectedWhenANewerOneIsPublished() throws Exception {
        try (BrowserSession visit = visit().go("/draw");
                FakeTrainer trainer = new FakeTrainer(kafka, artifacts)) {
            Locator newest = visit.at("#version option").nth(1);
            newest.waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.ATTACHED));
            String version = newest.getAttribute("value");
            visit.at("#version").selectOption(version);
            scene.finished(trainer, 1);
            visit.page.waitForFunction("old => document.querySelectorAll('#version option')[1].value !== old", version);
            assertThat(visit.at("#version").inputValue()).isEqualTo(version);
            visit.page.waitForResponse("**/api/v1/predict?version=" + version, () -> visit.at("[data-digit='7']")
                    .click());
        }
    }

    private static void draw(BrowserSession visit) {
        BoundingBox sheet = visit.at("canvas").boundingBox();
        Mouse mouse = visit.page.mouse();
        mouse.move(sheet.x + 150, sheet.y + 40);
        mouse.down();
        mouse.move(sheet.x + 150, sheet.y + 250, new Mouse.MoveOptions().setSteps(8));
        mouse.up();
    }

    @Test
    void aReplyAfterClearingThePadIsNotShown() {
        try (BrowserSession visit = visit().go("/draw")) {
            go = new CountDownLatch(1);
            strange = true;
            visit.page.evaluate("""
                    () => new MutationObserver(() => (window.late ||= !!document.querySelector('#outlier')))
                        .observe(document.querySelector('main'), { childList: true, subtree: true })""");
            visit.page.waitForRequest("**/api/v1/predict", () -> draw(visit));
            visit.at("#clear").click();
            visit.page.waitForResponse("**/api/v1/predict", go::countDown).finished();
            strange = false;
            draw(visit); // asked only when the one before was answered
            visit.sees("#verdict", "It is a 7");
            assertThat(visit.page.evaluate("!!window.late")).isEqualTo(false);
        }
    }

    @Test
    void anUploadedImageIsPredictedAndOtherFormatsAreRejected() throws Exception {
        byte[] four = Files.readAllBytes(Path.of("../example/4.png"));
        try (BrowserSession visit = visit().go("/draw")) {
            visit.at("input[type=file]").setInputFiles(new FilePayload("4.png", "image/png", four));
            visit.sees("#verdict", "It is a 7");
            assertThat(predictor.last().value()).isEqualTo(four);

            visit.at("input[type=file]").setInputFiles(new FilePayload("x.png", "image/png", "no image".getBytes()));
            visit.at(".notice[role=alert]").waitFor();
            assertThat(visit.at("#verdict").count()).isZero();
            assertThat(visit.at("#seen").count()).isZero();
            visit.forgives("api/v1/predict");
        }
    }

    @Test
    void aSampleCanBeSelectedWithTheKeyboard() {
        try (BrowserSession visit = visit().go("/draw")) {
            visit.at("[data-digit='3']").focus();
            visit.page.keyboard().press("Enter");
            visit.sees("#verdict", "It is a 7");
            assertThat(predictor.last().value()).isNotEmpty();
        }
    }

    @Test
    void anOutlierIsShownWithoutADigit() {
        strange = true;
        try (BrowserSession visit = visit().go("/draw")) {
            visit.at("[data-digit='5']").click();
            visit.sees("#outlier", "does not look like a digit").sees("#outlier", "it would be a 7");
        }
    }
}
