package dev.trainyard.gateway;

import static dev.trainyard.gateway.WebScene.config;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.trainyard.job.FailureCode;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobs on the web page: started, watched without a reload, changed; the test plays the trainer. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageJobsTest {
    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    @TestHTTPResource
    URL gateway;

    private static Chromium chromium;
    private WebScene scene;
    private TrainerForTests trainer;

    @BeforeAll
    static void openTheBrowser() {
        chromium = Chromium.open();
    }

    @AfterAll
    static void closeTheBrowser() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void setTheScene() {
        scene = WebScene.set();
        trainer = new TrainerForTests(kafka, artifacts);
    }

    @AfterEach
    void stopTheTrainer() {
        trainer.close();
    }

    private Visit visit() {
        return Visit.of(chromium, gateway.toString());
    }

    @Test
    void theSampleIsTrainedFromTheFirstPageAndWatchedToItsModelWithoutAReload() throws Exception {
        try (Visit visit = visit().go("/")) {
            visit.page.evaluate("window.neverReloaded = true");
            visit.at("#train-sample").click();
            visit.page.waitForURL("**/jobs/*-*");
            visit.sees(".chip", "queued").at("#place").waitFor();
            String key = visit.page.url().replaceAll(".*/", "");

            TrainerForTests.Run run = trainer.take(key, 1).claim();
            visit.sees(".chip", "training");
            run.report(new TrainEvent.Progress(1, 0.75, 0.25, 3000, 12));
            visit.sees("dd", "0.75").sees("dd", "3,000 images/s");
            run.epoch(1, 0.5).epoch(2, 0.25);
            visit.sees(".figure", "2 of 3");
            visit.at("ty-line-chart .chart[data-drawn]").first().waitFor();
            visit.at("ty-line-chart button").first().click();
            visit.sees("ty-line-chart td", "0.25");
            run.epoch(3, 0.125).succeed(0.875);
            visit.sees(".chip", "succeeded").sees("dd", "87.50 %").sees("ty-line-chart td", "0.125");
            assertThat(visit.page.evaluate("window.neverReloaded")).isEqualTo(true);

            visit.at("a.button")
                    .filter(new Locator.FilterOptions().setHasText("Model"))
                    .click();
            visit.sees("h2", "Version").sees("dd", key.substring(0, 8));
        }
    }

    @Test
    void jobsAreFilteredByTheAddressPagedAndCancelled() {
        String first = scene.submitted(config("mlp", 2, 1));
        for (int i = 0; i < 55; i++) {
            scene.submitted(config("mlp", 2, i));
        }
        try (Visit visit = visit().go("/jobs")) {
            visit.at("#status").selectOption("queued");
            visit.page.waitForURL("**/jobs?status=queued");
            visit.page.waitForFunction("document.querySelectorAll('tbody tr').length === 50");
            visit.at("#older").click();
            visit.page.waitForURL("**cursor=*");
            Locator row = visit.at("tbody tr").filter(new Locator.FilterOptions().setHasText(first.substring(0, 8)));
            row.waitFor();
            row.locator("[data-deed=cancel]").click();
            scene.awaitJob(first, "status", "cancelled");
            row.waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
            visit.page.goBack();
            visit.page.waitForURL("**/jobs?status=queued");
            visit.page.waitForFunction("document.querySelectorAll('tbody tr').length === 50");
        }
    }

    @Test
    void twoJobsAreTickedAndComparedAndWhatDiffersStandsOut() throws Exception {
        String one = scene.finished(trainer, 3);
        String two = scene.finished(trainer, 3);
        try (Visit visit = visit().go("/jobs")) {
            for (String key : List.of(one, two)) {
                visit.at("[aria-label='Compare job %s']".formatted(key.substring(0, 8)))
                        .check();
            }
            visit.at("#compare").click();
            visit.page.waitForURL("**/compare?keys=*");
            visit.sees("tr.differs", "train_args.seed").sees("th", "Test accuracy");
            assertThat(visit.at("tr.differs").count()).isEqualTo(1);
        }
    }

    @Test
    void aFailedJobSaysWhatToDoAndIsRetried() throws Exception {
        String key = scene.submitted(config("lenet5", 2, 3));
        trainer.take(key, 1).claim().fail(FailureCode.TRAINING_DIVERGED);
        scene.awaitJob(key, "status", "failed");
        try (Visit visit = visit().go("/jobs/" + key)) {
            visit.sees(".notice", "smaller learning_rate").sees("li", "rejected");
            visit.at("[data-deed=retry]").click();
            visit.sees(".chip", "queued");
            visit.at("[data-deed=pause]").click();
            visit.sees(".chip", "paused");
            visit.at("[data-deed=cancel]").click();
            visit.sees(".chip", "cancelled");
        }
    }

    @Test
    void aJobIsClonedAndTheServersSentencesStandAtTheFields() {
        String key = scene.submitted(config("lenet5", 2, 4));
        try (Visit visit = visit().go("/jobs/" + key + "?clone")) {
            Locator epochs = visit.at("#field-train_args-epochs");
            epochs.fill("0");
            visit.at("#field-network").fill("lenet");
            visit.at("ty-clone-form button[type=submit]").click();
            visit.sees("#field-train_args-epochs-about .wrong", "from 1 to 1000")
                    .sees("#field-network-about .wrong", "did you mean");
            assertThat(epochs.getAttribute("aria-invalid")).isEqualTo("true");
            epochs.fill("7");
            visit.at("#field-network").fill("mlp");
            visit.sees("#estimate", "parameters in");
            visit.at("ty-clone-form button[type=submit]").click();
            visit.page.waitForURL(url -> url.contains("/jobs/") && !url.contains(key));
            visit.sees(".figure", "of 7").sees("td", "mlp");
            visit.complaints().removeIf(complaint -> complaint.contains("422")); // the browser tells of those itself
        }
    }

    @Test
    void fiveHundredEpochsAreDrawnWithinAFrame() throws Exception {
        String key = scene.submitted(config("mlp", 500, 5));
        TrainerForTests.Run run = trainer.take(key, 1).claim();
        for (int epoch = 1; epoch <= 480; epoch++) {
            run.epoch(epoch, 0.05 + 1.0 / epoch);
        }
        scene.awaitJob(key, "current_epoch", 480);
        try (Visit visit = visit().go("/jobs/" + key)) {
            visit.at("ty-line-chart .chart[data-drawn]").first().waitFor();
            visit.page.evaluate("""
                    () => {
                        window.frames500 = [];
                        const watch = new MutationObserver(() => {
                            const began = performance.now();
                            requestAnimationFrame(() => setTimeout(() => window.frames500.push(
                                document.querySelector('ty-line-chart').drawMs)));
                        });
                        watch.observe(document.querySelector('.figure'), { characterData: true, childList: true, subtree: true });
                    }""");
            for (int epoch = 481; epoch <= 499; epoch++) {
                run.epoch(epoch, 0.05 + 1.0 / epoch);
                Thread.sleep(120);
            }
            visit.sees(".figure", "499 of 500");
            @SuppressWarnings("unchecked")
            List<Number> frames = (List<Number>) visit.page.evaluate("window.frames500");
            double median = frames.stream()
                    .mapToDouble(Number::doubleValue)
                    .sorted()
                    .skip(frames.size() / 2)
                    .findFirst()
                    .orElseThrow();
            double worst =
                    frames.stream().mapToDouble(Number::doubleValue).max().orElseThrow();
            System.out.printf("500 epochs: a chart is updated in %.1f ms, at worst %.1f ms%n", median, worst);
            assertThat(median).isLessThan(25); // two charts in a frame of 50 ms
        }
    }
}
