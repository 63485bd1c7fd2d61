package dev.trainyard.gateway;

import static dev.trainyard.gateway.SampleJobs.config;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Charts, results and the confusion matrix of the web page: empty, growing, and their layout. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageChartsTest extends BrowserTestBase {
    /** Content of a chart: the end of its axis and the points of its last series. */
    private static final String CHART = "echarts.getInstanceByDom(document.querySelector('.chart')).getOption()";

    private FakeTrainer trainer;

    @BeforeEach
    void startTheTrainer() {
        trainer = new FakeTrainer(kafka, artifacts);
    }

    @AfterEach
    void stopTheTrainer() {
        trainer.close();
    }

    @Test
    void aChartWithoutPointsShowsTheReason() throws Exception {
        String key = scene.submitted(config("lenet5", 5, 91));
        try (BrowserSession visit = visit().go("/jobs/" + key)) {
            visit.sees("ty-line-chart", "The job is queued; the curve begins once it trains.");
            assertThat(visit.at(".chart, ty-line-chart button").count()).isZero();
            trainer.take(key, 1).claim();
            visit.sees("ty-line-chart", "The first point comes with the first epoch.");
            post("/api/v1/train/" + key + "/cancel").then().statusCode(200);
            visit.sees("ty-line-chart", "No epoch was finished, so there is no curve.");
            assertThat(visit.at(".chart").count()).isZero();
        }
    }

    @Test
    void theAxisSpansAllEpochsAndShowsTheLossWithinAnEpoch() throws Exception {
        String key = scene.submitted(config("lenet5", 5, 92));
        FakeTrainer.Run run = trainer.take(key, 1).claim();
        scene.awaitJob(key, "status", "training_in_progress");
        try (BrowserSession visit = visit().go("/jobs/" + key)) {
            run.report(new TrainEvent.Progress(1, 1.5, 0.05, 3_000, 12));
            visit.at(".chart[data-drawn]").waitFor(); // within the first epoch
            visit.page.waitForFunction(CHART + ".series.at(-1).data.length === 1");
            run.report(new TrainEvent.Progress(1, 1.25, 0.1, 3_000, 12));
            visit.page.waitForFunction(CHART + ".series.at(-1).data.length === 2");
            assertThat(visit.page.evaluate(CHART + ".xAxis[0].max")).isEqualTo(5);
            assertThat(visit.page.evaluate("JSON.stringify(" + CHART + ".series.at(-1).data)"))
                    .isEqualTo("[[0.25,1.5],[0.5,1.25]]");
            run.epoch(1, 1.0, 1.1);
            visit.page.waitForFunction(CHART + ".series[0].data.length === 1");
            visit.page.waitForFunction(
                    CHART + ".series.at(-1).data.length === 0"); // the epoch's own point replaces them
            run.report(new TrainEvent.Progress(2, 0.9, 0.3, 3_000, 9));
            visit.page.waitForFunction("JSON.stringify(" + CHART + ".series.at(-1).data) === '[[1.5,0.9]]'");
            visit.screenshot("job-within-an-epoch");
            visit.at("ty-line-chart button").first().click();
            assertThat(visit.at("ty-line-chart").first().locator("thead th").allTextContents())
                    .containsExactly("epoch", "train", "validation");
            visit.go("/compare?keys=" + key);
            assertThat(visit.page.evaluate(CHART + ".xAxis[0].max")).isEqualTo(5);
            post("/api/v1/train/" + key + "/cancel").then().statusCode(200);
        }
    }

    @Test
    void theBestValueOfEachRowIsMarked() throws Exception {
        String good = ended(93, 0.1, 0.95);
        String same = ended(94, 0.3, 0.95);
        String bad = ended(95, 0.3, 0.5);
        String queued = scene.submitted(config("mlp", 1, 96));
        try (BrowserSession visit = visit().go("/compare?keys=" + String.join(",", good, same, bad, queued))) {
            assertThat(marked(visit, "Test accuracy")).containsExactly(true, true, false, false);
            assertThat(marked(visit, "Best validation accuracy")).containsExactly(true, false, false, false);
            assertThat(marked(visit, "Test loss")).containsExactly(false, false, false, false); // all are alike
            assertThat(marked(visit, "Epochs")).containsExactly(false, false, false, false);
            Object best = visit.page.evaluate("""
                    async () => {
                        const { bestOf } = await import('/app/parts/results-table.js');
                        return JSON.stringify([bestOf([0.3, 0.1, 0.2], 'low'), bestOf([0.3, 0.1, undefined], 'high'),
                            bestOf([0.5, null], 'low'), bestOf([0.99001, 0.99002, 0.5], 'high'), bestOf([NaN, 1, 2], 'low')]);
                    }""");
            assertThat(best)
                    .isEqualTo(
                            "[[false,true,false],[true,false,false],[false,false],[true,true,false],[false,true,false]]");
            visit.screenshot("compare-best");
        }
        post("/api/v1/train/" + queued + "/cancel").then().statusCode(200);
    }

    private String ended(int seed, double validationLoss, double testAccuracy) throws Exception {
        String key = scene.submitted(config("mlp", 1, seed));
        trainer.take(key, 1).claim().epoch(1, 0.2, validationLoss).succeed(testAccuracy);
        scene.awaitJob(key, "status", "success");
        return key;
    }

    private static List<Boolean> marked(BrowserSession visit, String row) {
        return visit.at("[aria-label=Results] tr:has(th:has-text('%s')) td".formatted(row)).all().stream()
                .map(cell -> cell.textContent().contains("best"))
                .toList();
    }

    @Test
    void theConfusionMatrixIsAlignedAndItsAxesAreNamed() {
        for (int width : new int[] {BrowserSession.WIDE, BrowserSession.PHONE}) {
            try (BrowserSession visit = visit(width, ColorScheme.LIGHT).go("/models/DigitModel?version=1")) {
                visit.sees(".confusion th", "Predicted digit").sees(".confusion th", "True digit");
                List<BoundingBox> cells = visit.at(".confusion tbody td").all().stream()
                        .map(Locator::boundingBox)
                        .toList();
                assertThat(cells).hasSize(100);
                for (int i = 0; i < 100; i++) {
                    BoundingBox above = cells.get(i % 10);
                    assertThat(cells.get(i).x).isEqualTo(above.x, within(1.0));
                    assertThat(cells.get(i).width).isEqualTo(cells.get(0).width, within(1.0));
                    assertThat(cells.get(i).height).isEqualTo(cells.get(0).height, within(1.0));
                    assertThat(cells.get(i).height).isGreaterThanOrEqualTo(24);
                    assertThat(cells.get(i).width).isGreaterThanOrEqualTo(24);
                }
                double heads =
                        visit.at(".confusion thead tr:last-child th").first().boundingBox().x;
                assertThat(heads).isEqualTo(cells.get(0).x, within(1.0));
                BoundingBox matrix = visit.at(".confusion").boundingBox();
                assertThat(visit.at(".hashes").boundingBox().y).isGreaterThan(matrix.y + matrix.height);
                assertThat(visit.overflow()).isZero();
                visit.fullPageScreenshot("model-confusion-" + width);
            }
        }
    }
}
