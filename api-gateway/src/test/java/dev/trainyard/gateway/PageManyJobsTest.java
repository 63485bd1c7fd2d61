package dev.trainyard.gateway;

import static dev.trainyard.gateway.SampleJobs.config;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The table of jobs with 10,000 jobs: bounded size, stable rows and live updates. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageManyJobsTest extends BrowserTestBase {
    private static final int JOBS = 10_000;
    private static final int PAGE = 50;

    /** Worker of this test's jobs. */
    private static final String CROWD = "crowd-" + UUID.randomUUID();

    private static final String RUNNING = "status = 'training_in_progress'";
    private static final String ROWS = "document.querySelectorAll('tbody tr').length";
    private static final String NODES = "document.querySelectorAll('main *').length";

    /** The newest 30 are running, most others are queued and the rest has ended; none changed recently. */
    @BeforeEach
    void putJobsIntoTheDatabase() {
        String like = scene.submitted(config("mlp", 20, 8));
        post("/api/v1/train/" + like + "/cancel").then().statusCode(200);
        int rows = jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into job (key, status, attempt, config, epochs, current_epoch, current_loss, progress,
                            token, worker, queued_at, started_at, ended_at, updated_at)
                        select gen_random_uuid(), made.status, 1, job.config, 20, 3, 0.5, 0.1,
                            case when made.status = 'training_in_progress' then gen_random_uuid() end, :crowd, now(),
                            now(), case when made.status = 'cancelled' then now() end, now() - interval '1 hour'
                        from job, (select n, case when n > :jobs - 30 then 'training_in_progress'
                                when n > :jobs / 5 then 'queued' else 'cancelled' end as status
                            from generate_series(1, :jobs) n) made
                        where key = cast(:like as uuid) order by n
                        """)
                .bind("crowd", CROWD)
                .bind("jobs", JOBS)
                .bind("like", like)
                .execute());
        assertThat(rows).isEqualTo(JOBS);
    }

    /** In parts, because each statement has a time limit. */
    @AfterEach
    void takeThemOut() {
        int deleted;
        do {
            deleted = jdbi.withHandle(handle -> handle.execute(
                    "delete from job where key in (select key from job where worker = ? limit 1000)", CROWD));
        } while (deleted > 0);
    }

    private void update(String changes, String which) {
        jdbi.useHandle(handle -> handle.execute(
                "update job set %s, updated_at = now() where worker = ? and %s".formatted(changes, which), CROWD));
    }

    @Test
    void theTableOfTenThousandJobsHoldsOnePageOfRows() {
        try (BrowserSession visit = visit().go("/jobs")) {
            visit.page.waitForFunction(ROWS + " === " + PAGE);
            visit.page.evaluate("document.querySelectorAll('tbody tr').forEach((row) => (row.kept = true))");
            Object nodes = visit.page.evaluate(NODES);
            visit.watchFrames();
            visit.page.evaluate("""
                    () => {
                        const scroll = () => {
                            const rest = document.documentElement.scrollHeight - innerHeight;
                            scrollTo(0, scrollY >= rest ? 0 : scrollY + 40);
                            requestAnimationFrame(scroll);
                        };
                        scroll();
                    }""");
            for (int percent = 11; percent <= 30; percent++) { // 30 rows change at once, 20 times
                update("progress = 0.%d, current_loss = 1.0 / %d".formatted(percent, percent), RUNNING);
                visit.page.waitForFunction("[...document.querySelectorAll('.figure')]"
                        + ".filter(one => one.textContent.includes(' %d %%')).length === 30".formatted(percent));
            }
            assertThat(visit.page.evaluate("[...document.querySelectorAll('tbody tr')].every((row) => row.kept)"))
                    .isEqualTo(true);
            assertThat(visit.page.evaluate(NODES)).isEqualTo(nodes);
            print("updates while scrolling", visit.frames());

            update("progress = 0.31", "true"); // more than a line of news tells of, so the page reads the list again
            visit.page.waitForFunction("[...document.querySelectorAll('.figure')]"
                    + ".filter(one => one.textContent.includes(' 31 %')).length >= 30");
            assertThat(visit.page.evaluate(ROWS)).isEqualTo(PAGE);
            print("news of all at once", visit.frames());
        }
    }

    @Test
    void tenPagesAreTurnedForwardAndBack() {
        try (BrowserSession visit = visit().go("/jobs?status=queued")) {
            visit.page.waitForFunction(ROWS + " === " + PAGE);
            visit.page.evaluate("window.neverReloaded = true");
            visit.watchFrames();
            String last = "";
            for (int page = 0; page < 10; page++) {
                long began = System.nanoTime();
                String newest = visit.at("tbody code").first().textContent();
                visit.at("#older").click();
                visit.page.waitForFunction(
                        "old => document.querySelector('tbody code') && document.querySelector('tbody code').textContent"
                                + " !== old && document.querySelectorAll('tbody tr').length === 50",
                        newest);
                System.out.printf("10,000 jobs: a page was turned in %d ms%n", (System.nanoTime() - began) / 1_000_000);
                last = newest;
            }
            visit.page.goBack();
            visit.sees("tbody code", last);
            assertThat(visit.page.evaluate("window.neverReloaded")).isEqualTo(true);
            visit.sees("tbody .quiet", "in the queue");
            assertThat(visit.page.evaluate(ROWS)).isEqualTo(PAGE);
        }
    }

    /** Prints the time, which depends on the machine and is not asserted. */
    private static void print(String what, List<Double> frames) {
        System.out.printf(
                "10,000 jobs, %s: %d frames with a change, median %.1f ms, 95 %% %.1f ms, worst %.1f ms%n",
                what,
                frames.size(),
                frames.get(frames.size() / 2),
                frames.get(frames.size() * 95 / 100),
                frames.get(frames.size() - 1));
    }
}
