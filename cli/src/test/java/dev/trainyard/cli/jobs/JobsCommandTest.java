package dev.trainyard.cli.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.CommandLineRun;
import dev.trainyard.cli.FakeGateway;
import dev.trainyard.cli.JobJson;
import dev.trainyard.cli.json.Json;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JobsCommandTest {
    private static final String OTHER_PATH = "/api/v1/train/" + JobJson.OTHER;

    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    @Test
    void jobsAreListedAsATable() {
        gateway.on("GET /api/v1/train?limit=20", 200, page(null, JobJson.succeeded()));
        CommandLineRun run = CommandLineRun.at(gateway, "jobs", "ls");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(2);
        assertThat(run.out().lines().findFirst().orElseThrow())
                .matches("KEY +STATUS +NETWORK +EPOCHS +TEST +MODEL +AGE");
        assertThat(run.out())
                .containsPattern(JobJson.KEY + " +succeeded +lenet5 +2/2 +98.99 % +DigitModel 3 +\\d+ \\w+");
    }

    @Test
    void pagesAreReadUpToTheLimit() {
        gateway.on(
                        "GET /api/v1/train?status=training_in_progress&pool=gpu&limit=500",
                        200,
                        page("a+b", JobJson.succeeded()))
                .on(
                        "GET /api/v1/train?status=training_in_progress&pool=gpu&limit=500&cursor=a%2Bb",
                        200, page(null, JobJson.job(JobJson.OTHER, "success", 32, 0.5)));
        CommandLineRun run =
                CommandLineRun.at(gateway, "jobs", "ls", "--all", "--status=training", "--pool=gpu", "--json");
        JsonNode document = Json.read(run.out()).orElseThrow();
        assertThat(document.path("jobs").findValuesAsText("key")).containsExactly(JobJson.KEY, JobJson.OTHER);
        assertThat(document.path("more").asBoolean()).isFalse();
    }

    @Test
    void theLastPageIsRequestedWithTheRemainingLimit() {
        String[] page = new String[500];
        Arrays.fill(page, JobJson.succeeded());
        gateway.on("GET /api/v1/train?limit=500", 200, page("c", page))
                .on("GET /api/v1/train?limit=2&cursor=c", 200, page("d", JobJson.succeeded(), JobJson.succeeded()));
        CommandLineRun run = CommandLineRun.at(gateway, "jobs", "ls", "--limit", "502", "--json");
        JsonNode document = Json.read(run.out()).orElseThrow();
        assertThat(document.path("jobs")).hasSize(502);
        assertThat(document.path("more").asBoolean()).isTrue();
        assertThat(gateway.requestLines()).hasSize(2);
        assertThat(CommandLineRun.at(gateway, "jobs", "ls", "--limit", "502").err())
                .contains("There are more; --limit or --all shows them.");
    }

    @Test
    void anEmptyListPrintsAHint() {
        gateway.on("GET /api/v1/train?limit=20", 200, page(null));
        CommandLineRun run = CommandLineRun.at(gateway, "jobs", "ls");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("train --epochs 2");
        assertThat(CommandLineRun.at(gateway, "jobs", "ls", "-q").err()).isEmpty();
    }

    @Test
    void aUniquePrefixOfAKeyIsEnough() {
        String two = page(null, JobJson.succeeded(), JobJson.job(JobJson.KEY.replace("8b2", "8b3"), "failed", 1, 0));
        gateway.on("GET /api/v1/train?key=67150f53-2c6c-4bea-b612-16994686a8b&limit=2", 200, two)
                .on("GET /api/v1/train?key=abc&limit=2", 200, page(null))
                .on("GET /api/v1/train?limit=1", 200, page(null, JobJson.succeeded()))
                .on("GET " + JobJson.PATH, 200, JobJson.succeeded());
        assertThat(show("latest").out()).contains("98.99 %").contains("VALIDATION");
        assertThat(show("67150F53-2c6c-4bea-b612-16994686a8b2".substring(0, 35)))
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(2))
                .satisfies(run -> assertThat(run.err()).contains("Several job keys"));
        assertThat(show("abc")).satisfies(run -> assertThat(run.exitCode()).isEqualTo(3));
        assertThat(show("../models").exitCode()).isEqualTo(2);
    }

    @Test
    void thePrefixOfAKeyIsResolvedByTheGateway() {
        gateway.on(
                        "GET /api/v1/train?key=8a0e&limit=2",
                        200,
                        page(null, JobJson.job(JobJson.OTHER, "success", 32, 0.5)))
                .on("GET " + OTHER_PATH, 200, JobJson.job(JobJson.OTHER, "success", 32, 0.5));
        assertThat(show("8A0e").out()).contains(JobJson.OTHER, "50.00 %");
    }

    private CommandLineRun show(String key) {
        return CommandLineRun.at(gateway, "jobs", "show", key);
    }

    @Test
    void actionsRunOnEachJobAndTheFirstFailureIsTheExitStatus() {
        gateway.on("POST " + JobJson.PATH + "/cancel", 409, "{\"detail\":\"The job has status success.\"}")
                .on("POST " + OTHER_PATH + "/cancel", 200, JobJson.job(JobJson.OTHER, "cancelled", 32, 0));
        CommandLineRun run = CommandLineRun.at(gateway, "jobs", "cancel", JobJson.KEY, JobJson.OTHER);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEqualTo(JobJson.OTHER + " cancelled" + System.lineSeparator());
        assertThat(run.err()).contains(JobJson.KEY + ": The job has status success.");
        for (String action : new String[] {"pause", "resume", "retry"}) {
            gateway.on("POST " + OTHER_PATH + "/" + action, 200, JobJson.job(JobJson.OTHER, "queued", 32, 0));
            assertThat(CommandLineRun.at(gateway, "jobs", action, JobJson.OTHER).exitCode())
                    .isZero();
            assertThat(CommandLineRun.at(gateway, "jobs", action, JobJson.KEY).exitCode())
                    .isEqualTo(3);
        }
    }

    @Test
    void aComparisonShowsOnlyParametersThatDiffer() {
        gateway.on("GET " + JobJson.PATH, 200, JobJson.succeeded())
                .on("GET " + OTHER_PATH, 200, JobJson.job(JobJson.OTHER, "success", 128, 0.97));
        CommandLineRun run = CommandLineRun.at(gateway, "jobs", "compare", JobJson.KEY, JobJson.OTHER);
        assertThat(run.out())
                .containsPattern("train_args.batch_size +64 +128")
                .containsPattern("test accuracy +98.99 % +97.00 %")
                .containsPattern("best validation +97.00 % +97.00 %")
                .doesNotContain("train_args.epochs");
        JsonNode json = Json.read(CommandLineRun.at(gateway, "jobs", "compare", JobJson.KEY, JobJson.OTHER, "--json")
                        .out())
                .orElseThrow();
        assertThat(json.path("differing")).hasToString("{\"train_args.batch_size\":[64,128]}");
        assertThat(CommandLineRun.at(gateway, "jobs", "compare", JobJson.KEY).exitCode())
                .isEqualTo(2);
        String[] twelve = "jobs compare 1 2 3 4 5 6 7 8 9 a b c".split(" ");
        assertThat(CommandLineRun.at(gateway, twelve))
                .satisfies(many -> assertThat(many.exitCode()).isEqualTo(2))
                .satisfies(many -> assertThat(many.err()).contains("12 jobs cannot be compared"));
    }

    private static String page(String cursor, String... jobs) {
        return "{\"jobs\":[%s],\"next_cursor\":%s}"
                .formatted(String.join(",", jobs), cursor == null ? null : '"' + cursor + '"');
    }
}
