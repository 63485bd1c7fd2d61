package dev.trainyard.gateway;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.job.JobStatus;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table in docs/api.md, the API description and the web page use the same names for job states. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageStatesTest extends BrowserTestBase {
    private static final Map<String, String> LABELS = Arrays.stream(JobStatus.values())
            .collect(Collectors.toMap(JobStatus::wireName, JobStatus::label, (a, b) -> a, LinkedHashMap::new));

    @Test
    void theDocumentationListsAllStates() throws Exception {
        String page = Files.readString(Path.of("../docs/api.md"));
        String states = page.substring(page.indexOf("## States of a job"), page.indexOf("## curl"));
        Map<String, String> table = new LinkedHashMap<>();
        Pattern.compile("(?m)^\\| `([a-z_]+)` \\| ([a-z]+) \\|")
                .matcher(states)
                .results()
                .forEach(row -> table.put(row.group(1), row.group(2)));
        assertThat(table).containsExactlyEntriesOf(LABELS);
    }

    @Test
    void theOpenApiDocumentListsAllStates() {
        String description = given().accept("application/json")
                .get("/q/openapi")
                .jsonPath()
                .getString("components.schemas.JobStatus.description");
        LABELS.forEach((wire, label) -> assertThat(description).contains("%s (%s)".formatted(wire, label)));
    }

    @Test
    void thePageHasALabelForEachState() {
        try (BrowserSession visit = visit().go("/jobs")) {
            assertThat(visit.page.evaluate("""
                    async () => {
                        const { STATUSES, statusName } = await import('/app/format.js');
                        return Object.fromEntries(STATUSES.map((status) => [status, statusName(status)]));
                    }""")).isEqualTo(LABELS);
            assertThat(visit.at("#status option").allTextContents())
                    .containsExactlyElementsOf(Stream.concat(Stream.of("all"), LABELS.values().stream())
                            .toList());
        }
    }
}
