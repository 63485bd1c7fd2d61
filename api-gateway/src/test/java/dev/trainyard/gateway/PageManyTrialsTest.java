package dev.trainyard.gateway;

import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The page of a study with 1,000 trials: a bounded table, and charts of all trials. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageManyTrialsTest extends BrowserTestBase {
    private static final int TRIALS = 1_000;
    private static final int PAGE = 25;
    /** Epochs of all trials: every trial trains one, every third a second. */
    private static final int EPOCHS = TRIALS + TRIALS / 3;

    private static final String ROWS = "document.querySelectorAll('.trials tbody tr').length";

    private String study;

    /** Every third trial has completed, the best of which is the last one; the others were pruned at the rung. */
    @BeforeEach
    void putTrialsIntoTheDatabase() {
        study = PageStudiesTest.created(TRIALS, 1);
        post("/api/v1/studies/" + study + "/cancel").then().statusCode(200);
        jdbi.useHandle(handle -> {
            handle.execute("delete from trial where study = cast(? as uuid)", study);
            handle.execute("delete from study_event where study = cast(? as uuid)", study);
            handle.createUpdate("""
                            insert into trial (study, number, job_key, source, state, param_values, curve, value, hold,
                                ended_at)
                            select cast(:study as uuid), n - 1, gen_random_uuid(), 'sampler',
                                case when n % 3 = 0 then 'completed' else 'pruned' end,
                                json_build_object('/train_args/learning_rate', power(10, -3 + 2.0 * ((n * 7919) % 1000) / 1000),
                                    '/train_args/batch_size', 32 * (1 + n % 2)),
                                case when n % 3 = 0
                                    then json_build_object('1', 0.5 + 0.4 * n / 1000, '2', 0.55 + 0.4 * n / 1000)
                                    else json_build_object('1', 0.4 + 0.3 * ((n * 31) % 1000) / 1000) end,
                                case when n % 3 = 0 then 0.55 + 0.4 * n / 1000 end,
                                case when n % 3 = 0 then null else 1 end, now()
                            from generate_series(1, :trials) n
                            """).bind("study", study).bind("trials", TRIALS).execute();
            handle.createUpdate("""
                            insert into study_event (study, id, type, trial, data)
                            select study, row_number() over (order by number, step), type, number, data
                            from (
                                select study, number, 1 as step, 'suggest' as type, json_build_object('values',
                                    param_values, 'source', source, 'hold', 1, 'history_sha256', '') as data
                                from trial
                                union all
                                select study, number, 2, 'epoch', json_build_object('epoch', 1, 'value', curve -> '1')
                                from trial
                                union all
                                select study, number, 3, 'promote', json_build_object('history_sha256', '') from trial
                                where state = 'completed'
                                union all
                                select study, number, 4, 'epoch', json_build_object('epoch', 2, 'value', curve -> '2')
                                from trial where state = 'completed') made
                            where study = cast(:study as uuid)
                            """).bind("study", study).execute();
            handle.createUpdate("""
                            update study set status = 'completed', end_reason = 'completed', summary = cast(:summary as json),
                                last_event_id = (select count(*) from study_event where study = id_of)
                            from (select cast(:study as uuid) as id_of) asked where id = id_of
                            """)
                    .bind("study", study)
                    .bind("summary", """
                            {"trials":1000,"running":0,"waiting":0,"completed":333,"pruned":667,"failed":0,"epochs":%d,
                             "best":{"trial":998,"value":0.9496,"completed":true}}""".formatted(EPOCHS))
                    .execute();
        });
    }

    @AfterEach
    void takeThemOut() {
        jdbi.useHandle(handle -> handle.execute("delete from study where id = cast(? as uuid)", study));
    }

    @Test
    void theChartsShowAllTrialsAndTheTableOnePage() {
        long began = System.nanoTime();
        try (BrowserSession visit = visit().go("/studies/" + study)) {
            visit.page.waitForFunction(PageStudiesTest.points("ty-line-chart[heading=\"Best by epochs spent\"]")
                    + "[0].at(-1)[0] === " + EPOCHS);
            System.out.printf("1,000 trials: shown after %d ms%n", (System.nanoTime() - began) / 1_000_000);
            assertThat(visit.page.evaluate(PageStudiesTest.points("[data-chart=parallel]")
                            + ".flat().filter(one => one[0] === 2).length"))
                    .isEqualTo(TRIALS);
            assertThat(visit.page.evaluate(
                            PageStudiesTest.points("[data-chart=contour]") + ".flat().filter(one => one.one).length"))
                    .isEqualTo(TRIALS);
            visit.sees("#importance dt", "learning_rate").sees("#importance", "from 1,000 results");
            assertThat(visit.at("#rungs tbody td").allTextContents().stream()
                            .map(text -> text.replaceAll(":.*", ""))
                            .toList())
                    .containsExactly("1", "0", "0", "333", "667", "89.96 %");
            assertThat(visit.page.evaluate(ROWS)).isEqualTo(PAGE);
            assertThat((Integer) visit.page.evaluate("document.querySelectorAll('main *').length"))
                    .isLessThan(1_500);

            visit.sees("ty-trials nav", "1 to 25 of 1,000").sees(".trials tbody tr td", "999");
            visit.at("#trials-more").click();
            visit.sees("ty-trials nav", "26 to 50 of 1,000");
            visit.at("#trials-state").selectOption("completed");
            visit.sees("ty-trials nav", "1 to 25 of 333");
            visit.at("#trials-order").selectOption("best");
            visit.sees(".trials tbody tr:first-child td", "94.96 % best");
            visit.at("#results-of").selectOption("1");
            visit.page.waitForFunction(PageStudiesTest.points("[data-chart=\"slice /train_args/learning_rate\"]")
                    + ".flat().every(one => one.value[1] < 0.9)");
            visit.screenshot("study-1000");
            assertThat(visit.accessibilityViolations()).isEmpty();
        }
        try (BrowserSession visit =
                visit(BrowserSession.PHONE, ColorScheme.DARK).go("/studies/" + study)) {
            visit.sees("ty-trials nav", "1 to 25 of 1,000");
            assertThat(visit.overflow()).isZero();
            assertThat(visit.accessibilityViolations()).isEmpty();
            visit.fullPageScreenshot("study-1000-phone");
        }
    }
}
