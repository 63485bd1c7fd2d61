package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The pages of studies: list, live study, actions, and the form. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageStudiesTest extends BrowserTestBase {
    private static final String STUDIES = "/api/v1/studies";
    private static final String SUBMIT = "ty-study-form button[type=submit]";
    private static final String RATE = "/space/~1train_args~1learning_rate";
    /** Markup in the name is shown as text. */
    private static final String NAME = "<b>rates</b> and batches";

    private static final String REQUEST = """
            {"name":"%s","base":{"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
              "train_args":{"batch_size":32,"epochs":2}},
             "space":{"/train_args/learning_rate":{"type":"float","min":0.001,"max":0.1,"scale":"log"},
              "/train_args/batch_size":{"type":"categorical","values":[32,64]}},
             "sampler":{"name":"random","seed":1},
             "pruner":{"name":"asha","eta":2,"min_epochs":1,"max_epochs":2},
             "limits":{"max_trials":%d,"parallel_trials":%d}}""";

    private FakeTrainer trainer;

    @BeforeEach
    void startTheTrainer() {
        trainer = new FakeTrainer(kafka, artifacts);
    }

    @AfterEach
    void stopTheTrainer() {
        trainer.close();
    }

    /** Creates a study without trainers. */
    static String created(int trials, int parallel) {
        return given().contentType("application/json")
                .body(REQUEST.formatted(NAME, trials, parallel))
                .post(STUDIES)
                .then()
                .statusCode(201)
                .extract()
                .path("id");
    }

    private static String job(String study, int trial) {
        return await().until(
                        () -> get(STUDIES + "/" + study + "/trials")
                                .jsonPath()
                                .getString("trials[%d].job".formatted(trial)),
                        key -> key != null);
    }

    private static JsonPath study(String id) {
        return get(STUDIES + "/" + id).jsonPath();
    }

    /** Points of all series of a chart that has one. */
    static String points(String selector) {
        return "echarts.getInstanceByDom(document.querySelector('%s .chart')).getOption().series.map(one => one.data)"
                .formatted(selector);
    }

    private static List<String> row(BrowserSession visit, String row) {
        return visit.at(row).first().locator("td").allTextContents().stream()
                .map(String::strip)
                .toList();
    }

    @Test
    void aStudyIsUpdatedWhileItRuns() throws Exception {
        String study = created(4, 4);
        try (BrowserSession visit = visit().go("/studies")) {
            visit.at("a[href='/studies/%s']".formatted(study)).click();
            visit.sees("h1", NAME).sees(".no-chart", "The first result comes with the first epoch");
            assertThat(visit.at("nav a[aria-current=page]").textContent()).isEqualTo("Studies");
            visit.page.evaluate("window.neverReloaded = true");
            double[] losses = {0.5, 0.2, 0.4, 0.3};
            for (int trial = 0; trial < 4; trial++) {
                trainer.take(job(study, trial), 1).claim().epoch(1, losses[trial]);
            }
            FakeTrainer.Run promoted = trainer.take(job(study, 1), 2).claim();

            visit.sees("#best", "80.00 % by trial 1, which has not run to its end");
            visit.sees("#rungs td", "2: 1, 3").sees("#rungs td", "2: 0, 2");
            assertThat(row(visit, "#rungs tbody tr")).containsExactly("1", "0", "2: 0, 2", "2: 1, 3", "0", "80.00 %");
            visit.sees("#trial-0 .chip", "waits").sees("#trial-1 .chip", "running");
            visit.at("#trial-1 svg.sparkline[aria-label='Results by epoch, last 80.00 %']")
                    .waitFor();
            visit.page.waitForFunction(
                    points("ty-line-chart[heading=\"Best by trial\"]") + "[0].map(([, best]) => best).at(-1) === 0.8");
            promoted.epoch(2, 0.1).succeed(0.9);
            visit.sees("#best", "90.00 % by trial 1").sees("#trial-1 .chip", "completed");
            visit.page.waitForFunction(
                    points("ty-line-chart[heading=\"Best by epochs spent\"]") + "[0].at(-1).join() === '5,0.9'");
            visit.page.waitForFunction(
                    points("[data-chart=parallel]") + ".flat().filter(one => one[0] === 2).length === 4");
            visit.sees("#importance", "from 4 results after epoch 1").sees("#importance dt", "learning_rate");
            visit.drawn();
            assertThat(visit.page.evaluate(points("[data-chart=contour]") + ".flat().filter(one => one.one).length"))
                    .isEqualTo(4);
            assertThat(visit.page.evaluate(
                            points("[data-chart=\"slice /train_args/learning_rate\"]") + ".map(one => one.length)"))
                    .isEqualTo(List.of(3, 1));
            assertThat(visit.page.evaluate("window.neverReloaded")).isEqualTo(true);
            assertThat(visit.at("main h1 b, tbody b").count()).isZero();
            assertThat(visit.accessibilityViolations()).isEmpty();
            visit.fullPageScreenshot("study-live");

            visit.at("#trial-1 td a").click();
            visit.sees("#study", "1 of study " + study.substring(0, 8))
                    .at("#study a")
                    .click();
            visit.sees("h1", NAME);
        }
        post(STUDIES + "/" + study + "/cancel").then().statusCode(200);
    }

    @Test
    void aStudyIsControlledOnItsPage() {
        String study = created(2, 1);
        try (BrowserSession visit = visit().go("/studies/" + study)) {
            visit.at("[data-action=pause]").click();
            visit.sees(".chip", "paused").at("[data-action=resume]").click();
            visit.at("[data-action=pause]").waitFor();
            assertThat(study(study).getString("status")).isEqualTo("running");

            visit.at("[data-stop='0']").click();
            visit.sees("dialog h2", "Stop trial 0?")
                    .at("dialog [data-answer=no]")
                    .click();
            assertThat(study(study).getInt("summary.pruned")).isZero();
            visit.at("[data-stop='0']").click();
            visit.at("dialog [data-answer=yes]").click();
            visit.sees("#trial-0 .chip", "pruned").sees("#trial-1 .chip", "running");

            visit.at("#extend summary").click();
            visit.at("#field-max_trials").fill("1");
            visit.at("#extend-submit").click();
            visit.sees("#extend .wrong", "must be at least the present limit, which is 2");
            visit.forgives("422");
            visit.at("#field-max_trials").fill("7");
            visit.at("#extend-submit").click();
            visit.sees("#counts", "2 of 7");
            assertThat(study(study).getInt("limits.max_trials")).isEqualTo(7);
            assertThat(study(study).getInt("limits.parallel_trials")).isEqualTo(1);

            visit.at("[data-action=replay]").click();
            visit.sees("#replay-result", "Replay: no difference.");

            visit.at("[data-action=cancel]").click();
            visit.sees("dialog p", "a cancelled study cannot be extended")
                    .at("dialog [data-answer=yes]")
                    .click();
            visit.sees(".chip", "cancelled");
            assertThat(visit.at("#extend, [data-action=pause], [data-stop]").count())
                    .isZero();
        }
        assertThat(study(study).getString("status")).isEqualTo("cancelled");
    }

    @Test
    void theFormCreatesAStudyOfItsParameters() {
        try (BrowserSession visit = visit().go("/studies")) {
            visit.at("#new-study").click();
            visit.sees("h1", "New study").sees("#estimate", "at most 18");
            visit.at("#field-limits-max_trials").fill("5");
            visit.sees("#estimate", "Up to 5 trials").sees("#estimate", "at most 45");

            Locator most = visit.at("[id='field%s-max']".formatted(RATE.replace('/', '-')));
            most.fill("0.00001");
            visit.sees("[id='field%s-max-about'] .wrong".formatted(RATE.replace('/', '-')), "must be above min");
            visit.sees("#corrections", "One value needs a correction");
            visit.forgives("422");
            most.fill("0.01");
            visit.sees("#estimate", "Up to 5 trials");

            visit.at("[data-remove='/train_args/batch_size']").click();
            visit.at("#vary").selectOption("/train_args/optimizer");
            visit.at("#vary-add").click();
            visit.at("#vary").selectOption("/train_args/seed");
            visit.at("#vary-add").click();
            visit.at("[data-type='/train_args/seed']").selectOption("categorical");
            visit.at("[id='field-space-~1train_args~1seed-values']").fill("1, 2");
            visit.at("#field-name").fill("made by the form");
            visit.at("#field-pruner-name").selectOption("median");
            visit.at("#field-pruner-warmup_epochs").fill("2");
            assertThat(visit.at("#field-pruner-eta").count()).isZero();
            visit.sees("#estimate", "Up to 5 trials");
            visit.page.waitForFunction("document.querySelector('#estimate[aria-busy=false]')");
            assertThat(visit.accessibilityViolations()).isEmpty();
            visit.fullPageScreenshot("new-study");
            visit.at(SUBMIT).dblclick();
            visit.page.waitForURL(url -> url.matches(".*/studies/[0-9a-f-]{36}"));
            visit.sees("h1", "made by the form");
            String id = visit.page.url().replaceAll(".*/", "");
            JsonPath study = study(id);
            assertThat(study.getMap("request.space").keySet())
                    .isEqualTo(Set.of("/train_args/learning_rate", "/train_args/optimizer", "/train_args/seed"));
            assertThat(study.getFloat("request.space.'/train_args/learning_rate'.max"))
                    .isEqualTo(0.01f);
            assertThat(study.getList("request.space.'/train_args/seed'.values")).containsExactly(1, 2);
            assertThat(study.getMap("request.pruner").keySet())
                    .isEqualTo(Set.of("name", "max_epochs", "warmup_epochs"));

            visit.at("#clone").click();
            visit.sees("h1", "New study").sees("#estimate", "Up to 5 trials");
            assertThat(visit.at("[id='field-space-~1train_args~1seed-values']").inputValue())
                    .isEqualTo("[1,2]");
            assertThat(visit.at("#field-pruner-warmup_epochs").inputValue()).isEqualTo("2");
            visit.at(SUBMIT).click();
            visit.page.waitForURL(url -> url.matches(".*/studies/[0-9a-f-]{36}") && !url.endsWith(id));
            String clone = visit.page.url().replaceAll(".*/", "");
            assertThat(study(clone).getMap("request")).isEqualTo(study.getMap("request"));
            post(STUDIES + "/" + id + "/cancel").then().statusCode(200);
            post(STUDIES + "/" + clone + "/cancel").then().statusCode(200);
        }
    }

    @Test
    void aMissingStudyIsReported() {
        String missing = "00000000-0000-0000-0000-000000000000";
        try (BrowserSession visit = visit().open("/studies/" + missing)) {
            visit.sees("[role=alert]", "There is no study with id");
            visit.open("/studies/new?from=" + missing).sees("[role=alert]", "There is no study with id");
            visit.at("main a[href='/studies/new']").click();
            visit.sees("#estimate", "Up to 2 trials");
            visit.forgives("404");
        }
    }
}
