package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Jobs beside each other on the web page: whose curve is whose, which are meant, how long they ran. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageCompareTest extends InTheBrowser {
    @Test
    void eachChartHasTheFiguresOfItsSplitForEachJob() throws Exception {
        List<String> keys = new ArrayList<>();
        try (TrainerForTests trainer = new TrainerForTests(kafka, artifacts)) {
            for (int i = 1; i <= 2; i++) {
                String key = scene.submitted(WebScene.config("mlp", 1, i));
                trainer.take(key, 1).claim().epoch(1, 0.1 * i, 0.01 * i).succeed(0.9);
                scene.awaitJob(key, "status", "success");
                keys.add(key);
            }
        }
        try (Visit visit = visit().go("/compare?keys=" + String.join(",", keys))) {
            assertThat(rowOfFirstEpoch(visit, "Validation loss")).containsExactly("0.01", "0.02");
            assertThat(rowOfFirstEpoch(visit, "Validation accuracy")).containsExactly("99.00 %", "98.00 %");
            assertThat(rowOfFirstEpoch(visit, "Training loss")).containsExactly("0.1", "0.2");
            assertThat(rowOfFirstEpoch(visit, "Training accuracy")).containsExactly("90.00 %", "80.00 %");
            assertThat(visit.at("ty-line-chart thead th").allTextContents())
                    .contains(keys.get(0).substring(0, 8) + " mlp", keys.get(1).substring(0, 8) + " mlp");
            visit.sees("td", "99.00 % in epoch 1");
        }
    }

    /** Not everybody sees their colours, and where there are many points there are no symbols. */
    @Test
    void tenLinesDifferByTheirDashes() {
        try (Visit visit = visit().go("/system")) {
            Object dashes = visit.page.evaluate("""
                    async () => {
                        const { style } = await import('/app/parts/echarts.js');
                        const of = (index) => JSON.stringify(style(index).lineStyle.type);
                        return new Set(Array.from({ length: 10 }, (_, index) => of(index))).size;
                    }""");
            assertThat(dashes).isEqualTo(10);
        }
    }

    private static List<String> rowOfFirstEpoch(Visit visit, String heading) {
        Locator chart = visit.at("ty-line-chart").filter(new Locator.FilterOptions().setHasText(heading));
        chart.locator("figcaption button").click();
        chart.locator("tbody td").first().waitFor();
        return chart.locator("tbody tr").first().locator("td").allTextContents();
    }

    @Test
    void tenAreComparedAtMost() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            keys.add(scene.submitted(WebScene.config("mlp", 1, i)));
        }
        try (Visit visit = visit().go("/compare?keys=" + String.join(",", keys))) {
            visit.sees(".notice", "11 jobs were named; the first 10 are compared")
                    .sees("th", "State");
            assertThat(visit.at("table thead").first().locator("th a").count()).isEqualTo(10);
        }
    }
}
