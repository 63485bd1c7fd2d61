package dev.trainyard.cli.studies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.cli.CommandLineRun;
import dev.trainyard.cli.FakeGateway;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class StudyCommandTest {
    private static final String ID = "6f1c1a52-0f7e-4b3c-9a66-0d6f0b0c7a11";
    private static final String PATH = "/api/v1/studies/" + ID;
    private static final String STUDY = """
            {"id":"%s","name":"search","status":"%s","end_reason":"completed","detail":null,
             "summary":{"trials":2,"running":0,"waiting":0,"completed":1,"pruned":1,"failed":0,"epochs":4,
                "best":{"trial":1,"value":0.97,"completed":true}},
             "limits":{"max_trials":2},"model":{"name":"DigitModel","version":3},"created_at":"2026-01-01T00:00:00Z"}""";
    private static final String TRIALS = """
            {"trials":[{"number":0,"state":"pruned","curve":[{"epoch":1,"value":null}],"values":{"/train_args/seed":1}},
              {"number":1,"state":"completed","job":"j","curve":[{"epoch":1,"value":0.9},{"epoch":2,"value":0.97}],
               "values":{"/train_args/seed":2}}],"next_cursor":null}""";

    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    @TempDir
    Path folder;

    private static String study(String status) {
        return STUDY.formatted(ID, status);
    }

    private CommandLineRun run(String... words) {
        return CommandLineRun.at(gateway, words);
    }

    @Test
    void createSendsTheFileOnceAndPrintsTheId() throws Exception {
        Path file = Files.writeString(folder.resolve("study.json"), "{\"name\":\"search\"}");
        gateway.on("POST /api/v1/studies", 201, study("running"));
        CommandLineRun created = run("study", "create", file.toString(), "--idempotency-key", "one");
        assertThat(created.exitCode()).as(created.err()).isZero();
        assertThat(created.out()).isEqualToIgnoringNewLines(ID);
        FakeGateway.Request sent = gateway.request("POST /api/v1/studies");
        assertThat(sent.text()).isEqualTo("{\"name\":\"search\"}");
        assertThat(sent.headers().getFirst("Idempotency-Key")).isEqualTo("one");
    }

    @Test
    void createRefusesWhatIsNoJson() throws Exception {
        Path file = Files.writeString(folder.resolve("study.json"), "[");
        assertThat(run("study", "create", file.toString()).exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(gateway.requests()).isEmpty();
    }

    @Test
    void aDryRunPrintsTheEstimate() throws Exception {
        Path file = Files.writeString(folder.resolve("study.json"), "{}");
        gateway.on("POST /api/v1/studies?dry_run=true", 200, """
                {"trials":27,"configurations":null,"epochs_at_most":243,"epochs_expected":90,"seconds_expected":120,
                 "peak_bytes":500000000,"basis":"same_network"}""");
        CommandLineRun plan = run("study", "create", file.toString(), "--dry-run");
        assertThat(plan.exitCode()).as(plan.err()).isZero();
        assertThat(plan.out()).contains("27 trials", "90 epochs expected", "243 at most", "500 MB");
    }

    @Test
    void listsAndShowsStudies() {
        gateway.on(
                        "GET /api/v1/studies?limit=20",
                        200,
                        "{\"studies\":[%s],\"next_cursor\":null}".formatted(study("completed")))
                .on(
                        "GET /api/v1/studies?limit=1",
                        200,
                        "{\"studies\":[%s],\"next_cursor\":null}".formatted(study("completed")))
                .on("GET " + PATH, 200, study("completed"))
                .on("GET " + PATH + "/trials?limit=500", 200, TRIALS);
        CommandLineRun list = run("study", "ls");
        assertThat(list.exitCode()).as(list.err()).isZero();
        assertThat(list.out()).contains(ID, "search", "completed", "2/2", "0.97");
        CommandLineRun show = run("study", "show", "latest");
        assertThat(show.exitCode()).as(show.err()).isZero();
        assertThat(show.out())
                .contains("Best     trial 1, 0.97", "DigitModel version 3", "/train_args/seed=2", "pruned");
        assertThat(Json.read(run("study", "show", ID, "--json").out())
                        .orElseThrow()
                        .path("trials"))
                .hasSize(2);
    }

    @Test
    void watchPrintsTheEventsAndReflectsTheEnd() {
        String events = """
                id: 1
                event: suggest
                data: {"values":{"/train_args/seed":2},"source":"sampler","trial":1}

                id: 2
                event: epoch
                data: {"epoch":1,"value":0.9,"trial":1}

                id: 3
                event: promote
                data: {"hold":3,"trial":1}

                event: end
                data: {"status":"%s"}

                """;
        gateway.on("GET " + PATH, 200, study("completed"))
                .on("GET " + PATH + "/events", 200, events.formatted("completed"))
                .on("GET " + PATH + "/events", 200, events.formatted("failed"));
        CommandLineRun completed = run("study", "watch", ID);
        assertThat(completed.exitCode()).as(completed.err()).isZero();
        assertThat(completed.err())
                .contains(
                        "Trial 1 begins: /train_args/seed=2",
                        "Trial 1, epoch 1: 0.9",
                        "Trial 1 is promoted to epoch 3");
        assertThat(completed.out()).contains("Best: trial 1, 0.97");
        assertThat(run("study", "watch", ID).exitCode()).isEqualTo(ExitCodes.FAILED);
    }

    @Test
    void actsOnAStudy() {
        gateway.on("POST " + PATH + "/pause", 200, study("paused"))
                .on("POST " + PATH + "/resume", 200, study("running"))
                .on("POST " + PATH + "/cancel", 200, study("cancelled"))
                .on("POST " + PATH + "/extend", 200, study("running"))
                .on(
                        "GET " + PATH + "/best",
                        200,
                        Json.read(TRIALS).orElseThrow().at("/trials/1").toString());
        assertThat(run("study", "pause", ID).out()).contains("paused");
        assertThat(run("study", "resume", ID).out()).contains("running");
        assertThat(run("study", "cancel", ID).out()).contains("cancelled");
        assertThat(run("study", "extend", ID, "--max-trials", "9").exitCode()).isZero();
        assertThat(gateway.request("POST " + PATH + "/extend").text()).isEqualTo("{\"max_trials\":9}");
        assertThat(run("study", "best", ID).out()).contains("Trial 1, completed, 0.97 after 2 epochs");
    }

    @Test
    void aReplayThatDiffersFails() {
        gateway.on("POST " + PATH + "/replay", 200, "{\"same\":true,\"decisions\":12,\"difference\":null}")
                .on("POST " + PATH + "/replay", 200, """
                        {"same":false,"decisions":3,"difference":{"event":7,"trial":1,"logged":"a","computed":"b"}}""");
        assertThat(run("study", "replay", ID).out()).contains("12 decisions, all the same");
        CommandLineRun differs = run("study", "replay", ID);
        assertThat(differs.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(differs.err()).contains("Event 7 differs. Logged: a. Computed: b.");
    }

    @Test
    void aReplayVerifiesTheWinner() {
        String verified = """
                {"key":"k","status":"success","verification":{"same":%s,"weights_sha256":"ab12","differences":[]}}""";
        for (int i = 0; i < 3; i++) {
            gateway.on("POST " + PATH + "/replay", 200, "{\"same\":true,\"decisions\":12,\"difference\":null}")
                    .on("GET " + PATH + "/best", 200, "{\"number\":1,\"job\":\"j\"}")
                    .on("POST /api/v1/train/j/verify", 202, "{\"key\":\"k\",\"status_url\":\"/api/v1/train/k\"}");
        }
        gateway.on("GET /api/v1/train/k?wait=20", 200, "{\"status\":\"training_in_progress\"}")
                .on("GET /api/v1/train/k?wait=20", 200, verified.formatted(true))
                .on("GET /api/v1/train/k?wait=20", 200, verified.formatted(false))
                .on("GET /api/v1/train/k?wait=20", 200, "{\"key\":\"k\",\"status\":\"cancelled\"}");
        CommandLineRun same = run("study", "replay", ID, "--verify");
        assertThat(same.exitCode()).as(same.err()).isZero();
        assertThat(same.err()).contains("12 decisions, all the same", "Trial 1 runs again as job k.");
        assertThat(same.out()).contains("the same weights again: SHA-256 ab12");
        CommandLineRun other = run("study", "replay", ID, "--verify");
        assertThat(other.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(other.err()).contains("The weights differ", "ab12");
        CommandLineRun cancelled = run("study", "replay", ID, "--verify");
        assertThat(cancelled.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(cancelled.err()).contains("The job k ended as cancelled.");
    }

    @Test
    void anUnknownStudyIsNotFound() {
        gateway.on(
                "GET " + PATH, 404, "{\"status\":404,\"detail\":\"none\"}", "Content-Type", "application/problem+json");
        CommandLineRun unknown = run("study", "show", ID);
        assertThat(unknown.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
        assertThat(unknown.err()).contains("./trainyard study ls lists studies.");
    }
}
