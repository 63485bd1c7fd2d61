package dev.trainyard.cli.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.trainyard.cli.CommandLineRun;
import dev.trainyard.cli.FakeGateway;
import dev.trainyard.cli.JobJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The client uses the state names of the table in docs/api.md. */
class JobStatesTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z_]+)` \\| ([a-z]+) \\|");

    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    private static Map<String, String> table() throws Exception {
        String page = Files.readString(Path.of("../docs/api.md"));
        String states = page.substring(page.indexOf("## States of a job"), page.indexOf("## curl"));
        Map<String, String> labels = new LinkedHashMap<>();
        ROW.matcher(states).results().forEach((MatchResult row) -> labels.put(row.group(1), row.group(2)));
        return labels;
    }

    @Test
    void eachStateHasTheLabelOfTheTable() throws Exception {
        assertThat(table()).hasSize(6);
        table().forEach((wire, label) -> {
            assertThat(JobFormatter.status(JsonNodeFactory.instance.objectNode().put("status", wire)))
                    .isEqualTo(label);
        });
        assertThat(new JobsCommand.Statuses()).containsExactlyElementsOf(table().values());
    }

    @Test
    void jobsAreFilteredByLabelAndByApiName() throws Exception {
        for (Map.Entry<String, String> state : table().entrySet()) {
            gateway.on(
                    "GET /api/v1/train?status=" + state.getKey() + "&limit=20",
                    200,
                    "{\"jobs\":[%s],\"next_cursor\":null}"
                            .formatted(JobJson.job(JobJson.KEY, state.getKey(), 32, 0.5)));
            for (String word : List.of(state.getKey(), state.getValue())) {
                CommandLineRun run = CommandLineRun.at(gateway, "jobs", "ls", "--status", word);
                assertThat(run.out()).as(run.err()).contains(" " + state.getValue() + " ");
            }
        }
    }
}
