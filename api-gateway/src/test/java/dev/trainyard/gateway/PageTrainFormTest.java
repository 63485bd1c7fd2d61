package dev.trainyard.gateway;

import static dev.trainyard.gateway.SampleJobs.config;
import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import dev.trainyard.job.EngineChoice;
import dev.trainyard.network.Network;
import dev.trainyard.network.Networks;
import dev.trainyard.standalone.testing.PlatformResource;
import dev.trainyard.validation.FieldSpec;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The form for a new training: fields, estimate, errors at their fields, and one job per submission. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageTrainFormTest extends BrowserTestBase {
    private static final String NETWORK_ARGS = "[id^='field-network_args-']:is(input, select, textarea)";
    private static final String SUBMIT = "ty-train-form button[type=submit]";
    private static final String SUBMITS = "**/api/v1/train";
    private static final String DRY_RUNS = "**/api/v1/train?dry_run=true";

    @Test
    void theFormIsLinkedFromJobsAndHome() {
        for (String path : List.of("/", "/jobs")) {
            try (BrowserSession visit = visit().go(path)) {
                visit.at("#new-job").click();
                visit.page.waitForURL("**/jobs/new");
                visit.sees("h1", "New training").sees("#estimate", "parameters in");
                assertThat(visit.at("nav a[aria-current=page]").textContent()).isEqualTo("Jobs");
            }
        }
    }

    @Test
    void eachNetworkShowsOnlyItsFields() {
        try (BrowserSession visit = visit().go("/jobs/new")) {
            visit.at("#field-network").waitFor();
            assertThat(visit.page.evaluate(
                            "[...document.querySelectorAll('#field-network option')].map(one => one.textContent)"))
                    .isEqualTo(Networks.all().stream().map(Network::title).toList());
            for (Network network : Networks.all()) {
                visit.at("#field-network").selectOption(network.name());
                visit.sees("#estimate", "parameters in");
                assertThat(visit.at(NETWORK_ARGS).evaluateAll("all => all.map(one => one.id.replace(/.*-/, ''))"))
                        .isEqualTo(network.arguments().stream()
                                .map(FieldSpec::name)
                                .toList());
                for (FieldSpec<?> argument : network.arguments()) {
                    visit.sees("label", argument.title()).sees(".hint", argument.help());
                }
            }
            visit.sees("label", "Batch size").sees(".hint", "Images per training step; from 1 to 8192");
        }
    }

    @Test
    void anEngineCanBeChosen() {
        try (BrowserSession visit = visit().go("/jobs/new").sees("#estimate", "parameters in")) {
            visit.at("summary").click();
            Locator engine = visit.at("#field-engine");
            assertThat(engine.locator("option").allTextContents())
                    .startsWith("default (auto)")
                    .containsAll(EngineChoice.ALL);
            visit.sees("#field-engine-about", "Engine that must train");
            engine.selectOption("vector");
            visit.at(SUBMIT).click();
            visit.page.waitForURL(url -> url.matches(".*/jobs/[0-9a-f-]{36}"));
            String key = visit.page.url().replaceAll(".*/", "");
            get("/api/v1/train/" + key).then().body("config.engine", equalTo("vector"));
            visit.go("/jobs/new?from=" + key).at("summary").click();
            assertThat(visit.at("#field-engine").inputValue()).isEqualTo("vector");
        }
    }

    @Test
    void errorsAreShownAtTheirFieldsAndTheFirstHasTheFocus() {
        try (BrowserSession visit = visit().go("/jobs/new")) {
            visit.at("#field-network").selectOption("mlp");
            visit.at("#field-train_args-epochs").fill("0");
            visit.at("#field-train_args-batch_size").fill("");
            visit.at("#field-network_args-layer_sizes").fill("64, 0");
            visit.at("#field-network_args-dropout_amount").fill("much");
            visit.at("summary").click();
            visit.at("#field-callback_url").fill("ftp://x");
            visit.at("#field-train_args-validation_split").fill("0.9");
            visit.at("summary").click();
            visit.at(SUBMIT).click();
            visit.sees("#field-train_args-epochs-about .wrong", "from 1 to 1000")
                    .sees("#field-train_args-batch_size-about .wrong", "is required")
                    .sees("#field-network_args-layer_sizes-about .wrong", "Number 2 must be a whole number")
                    .sees("#field-network_args-dropout_amount-about .wrong", "must be a number")
                    .sees("#field-callback_url-about .wrong", "http or https")
                    .sees("#field-train_args-validation_split-about .wrong", "at most 0.5")
                    .sees("#corrections", "6 values need a correction");
            assertThat(visit.at(".notice.bad").count()).isZero();
            visit.page.waitForFunction(
                    "document.activeElement === document.querySelector('[aria-invalid=true]') && document.activeElement.id");
            assertThat(visit.at("details").first().getAttribute("open")).isNotNull();
            assertThat(visit.accessibilityViolations()).isEmpty();
            visit.screenshot("new-training-errors");
            visit.forgives("422"); // the browser itself reports those
        }
    }

    @Test
    void aDoubleClickSubmitsOneJob() {
        int before = jobs();
        try (BrowserSession visit = visit().go("/jobs/new").sees("#estimate", "It would train for")) {
            visit.at(SUBMIT).dblclick();
            visit.page.waitForURL(url -> url.matches(".*/jobs/[0-9a-f-]{36}"));
        }
        assertThat(jobs()).isEqualTo(before + 1);
    }

    @Test
    void aSubmissionWithoutAResponseIsRepeatedAndCreatesOneJob() {
        int before = jobs();
        AtomicInteger lost = new AtomicInteger();
        try (BrowserSession visit = visit().go("/jobs/new").sees("#estimate", "It would train for")) {
            visit.page.route(SUBMITS, route -> {
                if (route.request().method().equals("POST") && lost.getAndIncrement() < 2) {
                    route.fetch(); // the gateway takes the job, and its answer never comes
                    route.abort();
                } else {
                    route.resume();
                }
            });
            visit.at(SUBMIT).click();
            visit.sees("#trying", "it stays one job");
            visit.page.waitForURL(url -> url.matches(".*/jobs/[0-9a-f-]{36}"));
            visit.forgives("net::ERR");
        }
        assertThat(lost.get()).isEqualTo(3);
        assertThat(jobs()).isEqualTo(before + 1);
    }

    @Test
    void repeatingASubmissionCanBeStopped() {
        int before = jobs();
        try (BrowserSession visit = visit().go("/jobs/new").sees("#estimate", "It would train for")) {
            visit.page.route(SUBMITS, Route::abort);
            visit.at(SUBMIT).click();
            visit.at("#stop").click();
            visit.sees(".notice.bad", "does not respond");
            assertThat(visit.at("#field-train_args-epochs").isEditable()).isTrue();
            visit.page.unroute(SUBMITS);
            visit.forgives("net::ERR");
        }
        assertThat(jobs()).isEqualTo(before);
    }

    @Test
    void aLateEstimateIsDropped() throws Exception {
        CountDownLatch newer = new CountDownLatch(1);
        AtomicReference<Route> older = new AtomicReference<>();
        try (BrowserSession visit = visit().go("/jobs/new")) {
            visit.at("#field-network").selectOption("mlp");
            visit.sees("#estimate", "parameters in");
            visit.page.route(DRY_RUNS, route -> {
                if (route.request().postData().contains("[16]")) {
                    older.set(route);
                } else {
                    route.resume();
                }
            });
            visit.at("#field-network_args-layer_sizes").fill("16");
            await().atMost(20, TimeUnit.SECONDS).until(() -> {
                visit.page.waitForTimeout(50);
                return older.get() != null;
            });
            visit.at("#field-network_args-layer_sizes").fill("32");
            visit.sees("#estimate", "25,450 parameters");
            try {
                older.get().resume();
            } catch (RuntimeException e) {
                // the page cancelled the request already
            }
            visit.page.waitForTimeout(500);
            assertThat(visit.at("#estimate").textContent()).contains("25,450 parameters");
            visit.forgives("net::ERR");
        }
    }

    @Test
    void anEstimateIsRequestedOnceTypingPauses() {
        AtomicInteger asked = new AtomicInteger();
        try (BrowserSession visit = visit().go("/jobs/new").sees("#estimate", "parameters in")) {
            visit.page.onRequest(request -> {
                if (request.url().endsWith("dry_run=true")) {
                    asked.incrementAndGet();
                }
            });
            visit.page.evaluate("""
                    () => {
                        const field = document.querySelector('#field-train_args-epochs');
                        for (const value of ['1', '12', '123']) {
                            field.value = value;
                            field.dispatchEvent(new Event('input'));
                        }
                    }""");
            visit.page.waitForResponse(DRY_RUNS, () -> {});
            visit.page.waitForTimeout(1_000);
            assertThat(asked.get()).isEqualTo(1);
        }
    }

    @Test
    void aJobCanBeTrainedAgainWithChanges() {
        String key = scene.submitted(config("lenet5", 2, 4));
        try (BrowserSession visit = visit().go("/jobs/" + key)) {
            visit.at(".actions a")
                    .filter(new Locator.FilterOptions().setHasText("Train again"))
                    .click();
            visit.page.waitForURL("**/jobs/new?from=" + key);
            visit.sees("p", "Filled from job " + key.substring(0, 8));
            assertThat(visit.at("#field-train_args-epochs").inputValue()).isEqualTo("2");
            visit.at("#field-network").selectOption("mlp");
            visit.at("#field-train_args-epochs").fill("7");
            visit.at("#field-network_args-layer_sizes").fill("[64, 32]");
            visit.at("summary").click();
            visit.at("#field-train_args-seed").fill("9007199254740993"); // more than a script's numbers can hold
            visit.sees("#estimate", "parameters in").sees("#estimate", "It would train for");
            visit.screenshot("new-training");
            visit.at(SUBMIT).click();
            visit.page.waitForURL(url -> url.matches(".*/jobs/[0-9a-f-]{36}") && !url.contains(key));
            visit.sees(".figure", "of 7")
                    .sees("td", "mlp")
                    .sees("td", "[64,32]")
                    .sees("td", "9007199254740993");
        }
    }

    @Test
    void theFormOfAMissingJobReportsIt() {
        try (BrowserSession visit = visit().open("/jobs/new?from=00000000-0000-0000-0000-000000000000")) {
            visit.sees("[role=alert]", "There is no job with key");
            visit.at("main a[href='/jobs/new']").click();
            visit.sees("#estimate", "parameters in");
            visit.forgives("404");
        }
    }

    @Test
    void theFormFitsAPhone() {
        try (BrowserSession visit =
                visit(BrowserSession.PHONE, ColorScheme.LIGHT).go("/jobs/new").sees("#estimate", "parameters in")) {
            visit.at("#field-network").selectOption("mlp");
            visit.at("summary").click();
            visit.at("#field-network_args-layer_sizes").waitFor();
            assertThat(visit.overflow()).isZero();
            visit.fullPageScreenshot("new-training-phone");
        }
    }

    private static int jobs() {
        return get("/api/v1/train?limit=500").jsonPath().getList("jobs").size();
    }
}
