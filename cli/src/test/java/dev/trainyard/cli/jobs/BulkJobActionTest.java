package dev.trainyard.cli.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.CommandLineRun;
import dev.trainyard.cli.FakeGateway;
import dev.trainyard.cli.JobJson;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.Terminal;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BulkJobActionTest {
    private static final String PATH = "POST /api/v1/train/actions";
    private static final Terminal TERMINAL = new Terminal(true, true, true, false);

    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    @Test
    void aFilterIsConfirmedAndSentUntilNothingRemains() {
        String first = result(2, 1, changed(JobJson.KEY));
        gateway.on(PATH, 200, first).on(PATH, 200, first).on(PATH, 200, result(1, 0, changed(JobJson.OTHER)));
        CommandLineRun run = CommandLineRun.at(
                gateway,
                "jobs",
                "cancel",
                "--status=queued",
                "--network",
                "mlp",
                "--created-before=2026-02-28T18:30:00Z",
                "--yes");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines()).containsExactly(JobJson.KEY + " cancelled", JobJson.OTHER + " cancelled");
        assertThat(run.err()).contains("2 changed, 0 refused.");
        assertThat(sent(0).path("dry_run").asBoolean()).isTrue();
        assertThat(sent(1).has("dry_run")).isFalse();
        assertThat(sent(1).path("action").asText()).isEqualTo("cancel");
        assertThat(sent(1).path("filter"))
                .isEqualTo(Json.read(
                                "{\"status\":\"queued\",\"network\":\"mlp\",\"created_before\":\"2026-02-28T18:30:00Z\"}")
                        .orElseThrow());
        assertThat(gateway.requests()).hasSize(3);
    }

    @Test
    void withoutConfirmationNothingIsChanged() {
        gateway.on(PATH, 200, result(7, 6, changed(JobJson.KEY)));
        CommandLineRun script = CommandLineRun.at(gateway, "jobs", "cancel", "--all");
        assertThat(script.exitCode()).isEqualTo(2);
        assertThat(script.err()).contains("it would cancel 7 jobs").contains("--yes");
        assertThat(sent(0).path("all").asBoolean()).isTrue();
        assertThat(asked("n\n").exitCode()).isEqualTo(1);
        assertThat(asked("").err()).contains("Cancel 7 jobs? [y/N]").contains("Nothing was changed");
        assertThat(gateway.requests()).hasSize(3).allSatisfy(request -> assertThat(request.text())
                .contains("\"dry_run\":true"));
    }

    @Test
    void theUserConfirmsAtTheTerminal() {
        gateway.on(PATH, 200, result(1, 0, changed(JobJson.KEY)));
        CommandLineRun run = asked("Yes\n");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("Cancel 1 job? [y/N]");
        assertThat(run.out()).contains(JobJson.KEY + " cancelled");
    }

    @Test
    void refusedJobsAreReportedAndDecideTheExitStatus() {
        String refused = """
                {"key":"%s","outcome":"refused","status":"failed","problem":{"status":507,"detail":"The disk is full."}}""".formatted(JobJson.OTHER);
        gateway.on(PATH, 200, """
                {"matched":5,"changed":0,"unchanged":0,"refused":1,"remaining":4,"items":[%s]}""".formatted(refused));
        CommandLineRun run = CommandLineRun.at(gateway, "jobs", "retry", "--status", "failed", "-y");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("error: " + JobJson.OTHER + ": The disk is full.")
                .contains("4 were not tried");
        assertThat(gateway.requests()).hasSize(2);
    }

    @Test
    void aDryRunAndAnEmptySelectionChangeNothing() {
        gateway.on(PATH, 200, result(1, 0, changed(JobJson.KEY))).on(PATH, 200, result(0, 0, ""));
        CommandLineRun dry = CommandLineRun.at(gateway, "jobs", "pause", "--network=mlp", "--dry-run", "--json");
        assertThat(Json.read(dry.out()).orElseThrow().path("outcome").asText()).isEqualTo("changed");
        CommandLineRun none = CommandLineRun.at(gateway, "jobs", "pause", "--network=mlp");
        assertThat(none.exitCode()).isZero();
        assertThat(none.err()).contains("No job matches");
        assertThat(gateway.requests()).hasSize(2);
    }

    @Test
    void keysAndFiltersAreNotCombined() {
        assertThat(CommandLineRun.at(gateway, "jobs", "cancel").err()).contains("No job is selected");
        for (String option : new String[] {"--status=queued", "--all", "--dry-run"}) {
            CommandLineRun run = CommandLineRun.at(gateway, "jobs", "cancel", JobJson.KEY, option);
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("cannot be combined");
        }
        assertThat(CommandLineRun.at(gateway, "jobs", "cancel", "--all", "--network=mlp")
                        .exitCode())
                .isEqualTo(2);
        assertThat(gateway.requests()).isEmpty();
    }

    private CommandLineRun asked(String answer) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)));
        try {
            return CommandLineRun.of(TERMINAL, CommandLineRun.with(gateway, "jobs", "cancel", "--network=mlp"));
        } finally {
            System.setIn(before);
        }
    }

    private JsonNode sent(int request) {
        return Json.read(gateway.requests().get(request).text()).orElseThrow();
    }

    private static String changed(String key) {
        return "{\"key\":\"%s\",\"outcome\":\"changed\",\"status\":\"cancelled\"}".formatted(key);
    }

    private static String result(int matched, int remaining, String items) {
        return "{\"matched\":%d,\"changed\":%d,\"unchanged\":0,\"refused\":0,\"remaining\":%d,\"items\":[%s]}"
                .formatted(matched, items.isEmpty() ? 0 : 1, remaining, items);
    }
}
