package dev.trainyard.gateway;

import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Comparison of jobs on the web page: assignment of curves, selection and run times. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageCompareTest extends BrowserTestBase {
    @Test
    void eachChartShowsTheMetricsOfItsSplitForEachJob() throws Exception {
        List<String> keys = new ArrayList<>();
        try (FakeTrainer trainer = new FakeTrainer(kafka, artifacts)) {
            for (int i = 1; i <= 2; i++) {
                String key = scene.submitted(SampleJobs.config("mlp", 1, i));
                trainer.take(key, 1).claim().epoch(1, 0.1 * i, 0.01 * i).succeed(0.9);
                scene.awaitJob(key, "status", "success");
                keys.add(key);
            }
        }
        try (BrowserSession visit = visit().go("/compare?keys=" + String.join(",", keys))) {
            assertThat(rowOfFirstEpoch(visit, "Validation loss")).containsExactly("0.01", "0.02");
            assertThat(rowOfFirstEpoch(visit, "Validation accuracy")).containsExactly("99.00 %", "98.00 %");
            assertThat(rowOfFirstEpoch(visit, "Training loss")).containsExactly("0.1", "0.2");
            assertThat(rowOfFirstEpoch(visit, "Training accuracy")).containsExactly("90.00 %", "80.00 %");
            assertThat(visit.at("ty-line-chart thead th").allTextContents())
                    .contains(keys.get(0).substring(0, 8) + " mlp", keys.get(1).substring(0, 8) + " mlp");
            visit.sees("td", "99.00 % in epoch 1");
        }
    }

    @Test
    void theRunTimeIsTheTimeInWhichWorkersTrained() throws Exception {
        try (FakeTrainer trainer = new FakeTrainer(kafka, artifacts)) {
            String paused = scene.submitted(SampleJobs.config("mlp", 1, 3));
            trainer.take(paused, 1).claim();
            scene.awaitJob(paused, "status", "training_in_progress");
            post("/api/v1/train/" + paused + "/pause").then().statusCode(200);
            post("/api/v1/train/" + paused + "/resume").then().statusCode(200);
            trainer.take(paused, 2).claim().epoch(1, 0.1).succeed(0.9);
            scene.awaitJob(paused, "status", "success");
            // queued, trained for 1 minute, paused, queued again, trained for 2
            moveTransitions(paused, 0, 10, 11, 40, 61, 63);
            String running = scene.running(trainer);
            try (BrowserSession visit = visit().go("/jobs/" + paused)) {
                visit.sees("dt:text-is('Training time') + dd", "3 min 0 s");
                visit.go("/compare?keys=" + paused + "," + running);
                Locator ran = visit.at("tr:has(th:has-text('Training time')) td");
                assertThat(ran.first().textContent()).contains("3 min 0 s");
                for (int second = 0; second < 3; second++) { // it goes on, and not only as the job is read again
                    visit.page.waitForFunction(
                            "before => [...document.querySelectorAll('tr')].find(row => row.firstElementChild.textContent"
                                    + ".startsWith('Training time')).lastElementChild.textContent !== before",
                            ran.last().textContent());
                }
            }
        }
    }

    /** Moves the transitions of a job to the given minutes after two hours ago. */
    private void moveTransitions(String key, Integer... minutes) {
        int moved = jdbi.withHandle(handle -> handle.createUpdate("""
                        update job_transition set at = now() - interval '2 hours' + interval '1 minute' * after[n]
                        from (select id as moved, cast(row_number() over (order by id) as int) as n, :minutes as after
                            from job_transition where job_key = cast(:key as uuid)) numbered
                        where id = moved and job_key = cast(:key as uuid)
                        """)
                .bindArray("minutes", Integer.class, (Object[]) minutes)
                .bind("key", key)
                .execute());
        assertThat(moved).isEqualTo(minutes.length);
    }

    @Test
    void aJobIsFoundByThePrefixOfItsKey() {
        Map<Character, List<String>> byFirst = IntStream.rangeClosed(1, 17) // one more than there are first characters
                .mapToObj(seed -> scene.submitted(SampleJobs.config("mlp", 1, seed)))
                .collect(Collectors.groupingBy(key -> key.charAt(0)));
        List<String> alike = byFirst.values().stream()
                .filter(keys -> keys.size() > 1)
                .findFirst()
                .orElseThrow();
        String one = alike.get(0).substring(0, 8);
        String other = alike.get(1).substring(0, 8);
        String several = one.substring(0, 1);
        List<String> typed = List.of(one, other.toUpperCase(Locale.ROOT), alike.get(0), several, "zz");
        try (BrowserSession visit = visit().go("/compare?keys=" + String.join(",", typed))) {
            visit.sees(".notice", "No job has the key zz.")
                    .sees(".notice", "Keys of several jobs begin with " + several + ";");
            assertThat(visit.at("table thead").first().locator("th a").allTextContents())
                    .containsExactly(one, other);
            assertThat(visit.at("[role=alert]").count()).isZero();
            visit.forgives("422");
        }
        byFirst.values()
                .forEach(keys -> keys.forEach(key -> post("/api/v1/train/" + key + "/cancel")
                        .then()
                        .statusCode(200))); // they would be trained first
    }

    /** Curves can be told apart without colours, also where many points leave no room for symbols. */
    @Test
    void tenLinesHaveDifferentDashes() {
        try (BrowserSession visit = visit().go("/system")) {
            Object dashes = visit.page.evaluate("""
                    async () => {
                        const { style } = await import('/app/parts/echarts.js');
                        const of = (index) => JSON.stringify(style(index).lineStyle.type);
                        return new Set(Array.from({ length: 10 }, (_, index) => of(index))).size;
                    }""");
            assertThat(dashes).isEqualTo(10);
        }
    }

    private static List<String> rowOfFirstEpoch(BrowserSession visit, String heading) {
        Locator chart = visit.at("ty-line-chart").filter(new Locator.FilterOptions().setHasText(heading));
        chart.locator("figcaption button").click();
        chart.locator("tbody td").first().waitFor();
        return chart.locator("tbody tr").first().locator("td").allTextContents();
    }

    @Test
    void atMostTenJobsAreCompared() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            keys.add(scene.submitted(SampleJobs.config("mlp", 1, i)));
        }
        try (BrowserSession visit = visit().go("/compare?keys=" + String.join(",", keys))) {
            visit.sees(".notice", "11 jobs were named; the first 10 are compared")
                    .sees("th", "State");
            assertThat(visit.at("table thead").first().locator("th a").count()).isEqualTo(10);
        }
    }
}
