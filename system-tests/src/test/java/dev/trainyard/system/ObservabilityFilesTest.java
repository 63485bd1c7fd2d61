package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class ObservabilityFilesTest {
    @Test
    void theRulesForTheOperatorAreThoseForPrometheus() throws Exception {
        assertThat(ObservabilityFiles.yaml("kubernetes/prometheus-rule.yaml").at("/spec/groups"))
                .isEqualTo(ObservabilityFiles.yaml("prometheus/rules.yml").path("groups"));
    }

    @Test
    void eachAlertIsDescribedWithWhatToDo() throws Exception {
        String page = Files.readString(Path.of("../docs/observability.md"));
        for (JsonNode group : ObservabilityFiles.yaml("prometheus/rules.yml").path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                String alert = rule.path("alert").asText();
                assertThat(page).contains("| `" + alert + "`");
                assertThat(rule.at("/annotations/summary").asText()).as(alert).isNotBlank();
                assertThat(rule.at("/labels/severity").asText()).as(alert).isIn("warning", "critical");
            }
        }
    }

    @Test
    void eachDashboardHasItsOwnIdAndPanelsThatDoNotOverlap() throws Exception {
        assertThat(ObservabilityFiles.dashboards()).hasSize(3);
        ObservabilityFiles.dashboards().forEach((file, board) -> {
            assertThat(file).isEqualTo(board.path("uid").asText() + ".json");
            Set<String> cells = new HashSet<>();
            for (JsonNode panel : board.path("panels")) {
                assertThat(panel.path("targets"))
                        .as(panel.path("title").asText())
                        .isNotEmpty();
                JsonNode at = panel.path("gridPos");
                assertThat(at.path("x").asInt() + at.path("w").asInt()).isLessThanOrEqualTo(24);
                for (int x = at.path("x").asInt();
                        x < at.path("x").asInt() + at.path("w").asInt();
                        x++) {
                    for (int y = at.path("y").asInt();
                            y < at.path("y").asInt() + at.path("h").asInt();
                            y++) {
                        assertThat(cells.add(x + "," + y))
                                .as(panel.path("title").asText())
                                .isTrue();
                    }
                }
            }
            List<Integer> ids = StreamSupport.stream(board.path("panels").spliterator(), false)
                    .map(panel -> panel.path("id").asInt())
                    .toList();
            assertThat(ids).doesNotHaveDuplicates();
        });
    }

    @Test
    void metricsAndLabelsOfAQueryAreFound() {
        PromQl query = PromQl.read(
                "sum by (le) (rate(a_bucket{x=\"1\", y!~\"2|3\"}[5m])) / on (pool) max(b) > 0.01 unless histogram_quantile(0.9, c)");
        assertThat(query.metrics()).containsExactly("a_bucket", "b", "c");
        PromQl.Scrape scrape =
                PromQl.Scrape.read("a_bucket{le=\"1\",x=\"1\",y=\"4\"} 1.0\nb 2\n# HELP c\nc{pool=\"p\"} NaN");
        assertThat(query.missing(scrape, Set.of())).isEmpty();
        assertThat(query.missing(PromQl.Scrape.read("a_bucket{le=\"1\",x=\"2\",y=\"2\"} 1.0\nb 2"), Set.of()))
                .containsExactlyInAnyOrder(
                        "no series of a_bucket has Matching[label=x, operator==, value=1]",
                        "no series of a_bucket has Matching[label=y, operator=!~, value=2|3]",
                        "no service has the metric c",
                        "no metric of the query has the label pool");
    }
}
