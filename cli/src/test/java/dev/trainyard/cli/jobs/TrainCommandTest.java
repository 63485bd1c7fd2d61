package dev.trainyard.cli.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.ClientProcess;
import dev.trainyard.cli.CommandLineRun;
import dev.trainyard.cli.FakeGateway;
import dev.trainyard.cli.JobJson;
import dev.trainyard.cli.json.Json;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {
    private static final String SUBMIT = "POST /api/v1/train";

    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    @TempDir
    Path folder;

    @Test
    void onlyTheKeyIsPrintedToStdout() {
        gateway.on(SUBMIT, 202, JobJson.accepted());
        CommandLineRun run = CommandLineRun.at(gateway, "train");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo(JobJson.KEY + System.lineSeparator());
        assertThat(run.err()).contains("jobs watch " + JobJson.KEY + " --server " + gateway.url());
        assertThat(submitted()).isEqualTo(json("""
                {"dataset":"MnistDataset","model":"DigitModel","network":"lenet5","network_args":{},
                 "train_args":{"batch_size":32,"epochs":5}}"""));
    }

    @Test
    void optionsChangeTheConfigurationOfAFile() throws Exception {
        gateway.on(SUBMIT, 202, JobJson.accepted());
        Path file = Files.writeString(
                folder.resolve("c.json"), "{\"network\":\"lenet5\",\"train_args\":{\"epochs\":1,\"seed\":7}}");
        CommandLineRun run = CommandLineRun.at(
                gateway,
                "train",
                "--config",
                file.toString(),
                "--network=mlp",
                "--epochs=3",
                "--engine=dl4j",
                "--set=train_args.batch_size=64",
                "--set=network_args.layer_sizes=[256,128]",
                "--set=promote=never");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(submitted()).isEqualTo(json("""
                {"network":"mlp","train_args":{"epochs":3,"seed":7,"batch_size":64},
                 "network_args":{"layer_sizes":[256,128]},"promote":"never","engine":"dl4j"}"""));
    }

    @Test
    void aJobStartsAfterOthersThatAreNamedByKeyPrefixOrLatest() {
        gateway.on(SUBMIT, 202, JobJson.accepted())
                .on("GET /api/v1/train?key=6715&limit=2", 200, "{\"jobs\":[%s]}".formatted(JobJson.succeeded()));
        CommandLineRun run =
                CommandLineRun.at(gateway, "train", "--pool=gpu", "--after", "6715", "--after", JobJson.OTHER);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(submitted().path("after")).isEqualTo(json("[\"%s\",\"%s\"]".formatted(JobJson.KEY, JobJson.OTHER)));
        assertThat(submitted().path("pool").asText()).isEqualTo("gpu");
        assertThat(CommandLineRun.at(gateway, "train", "--after", "my job").exitCode())
                .isEqualTo(2);
    }

    @Test
    void theLearningRateMayFallOverMoreEpochsThanTheJobHas() {
        gateway.on(SUBMIT, 202, JobJson.accepted());
        CommandLineRun run = CommandLineRun.at(gateway, "train", "--epochs", "3", "--schedule-epochs", "9");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(submitted().path("train_args"))
                .isEqualTo(json("{\"batch_size\":32,\"epochs\":3,\"schedule_epochs\":9}"));
    }

    @Test
    void configsOptionAndStandardInputAreSentUnchanged() {
        gateway.on(SUBMIT, 202, JobJson.accepted());
        String config = "{\"network\":\"mlp\"}";
        assertThat(CommandLineRun.at(gateway, "train", "--configs", config).exitCode())
                .isZero();
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(config.getBytes()));
        try {
            assertThat(CommandLineRun.at(gateway, "train", "--config", "-").exitCode())
                    .isZero();
        } finally {
            System.setIn(before);
        }
        assertThat(gateway.requests()).hasSize(2).allSatisfy(request -> assertThat(request.text())
                .isEqualTo(config));
    }

    @Test
    void waitReturnsTheStatusOfTheJob() {
        gateway.on(SUBMIT, 202, JobJson.accepted())
                .on("GET " + JobJson.PATH, 200, JobJson.succeeded())
                .on(
                        JobJson.EVENTS,
                        200,
                        JobJson.status(1, "queued") + JobJson.epoch(2, 1) + JobJson.epoch(3, 2) + JobJson.END);
        CommandLineRun run = CommandLineRun.at(gateway, "train", "--wait");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .isEqualTo(
                        "Job %s succeeded: test accuracy 98.99 %%, train accuracy 99.51 %%; published as DigitModel version 3.%n"
                                .formatted(JobJson.KEY));
        assertThat(run.err().lines())
                .containsExactly(
                        "Job " + JobJson.KEY,
                        "Queued.",
                        "Epoch 1/2: train accuracy 0.9400, loss 0.2000; validation accuracy 0.9700, loss 0.1000; 2.5 s",
                        "Epoch 2/2: train accuracy 0.9400, loss 0.2000; validation accuracy 0.9700, loss 0.1000; 2.5 s");
    }

    @Test
    void aSubmitWithoutAResponseIsRepeatedWithTheSameKey() {
        gateway.disconnectOn(SUBMIT).on(SUBMIT, 202, JobJson.accepted());
        assertThat(CommandLineRun.at(gateway, "train").exitCode()).isZero();
        assertThat(gateway.requests()).hasSizeGreaterThan(1);
        assertThat(gateway.requests().stream()
                        .map(request -> request.headers().getFirst("Idempotency-Key"))
                        .distinct())
                .hasSize(1)
                .doesNotContainNull();
    }

    @Test
    void allInvalidFieldsAreReportedAsAUsageError() {
        gateway.on(SUBMIT, 422, """
                {"status":422,"detail":"2 errors; see errors","errors":[
                 {"pointer":"/dataset","detail":"must be one of MnistDataset"},
                 {"pointer":"/train_args/batch_size","detail":"must be a whole number"}]}""");
        CommandLineRun run = CommandLineRun.at(gateway, "train", "--set", "dataset=Mnist");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("error: 2 errors")
                .contains("/dataset must be one of")
                .contains("/train_args/batch_size must");
    }

    @Test
    void anInvalidConfigurationIsNotSent() {
        for (String[] words : new String[][] {
            {"train", "--config", "none.json"},
            {"train", "--configs", "no json"},
            {"train", "--configs", "[1]"},
            {"train", "--configs", "{}", "--config", "-"},
            {"train", "--set", "epochs"},
            {"train", "--set", "network.x=1"},
            {"train", "--timeout", "soon"},
            {"train", "--epochs", "many"},
        }) {
            CommandLineRun run = CommandLineRun.at(gateway, words);
            assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
            assertThat(run.err()).startsWith("error: ");
        }
        assertThat(gateway.requests()).isEmpty();
    }

    @Test
    void aDryRunPrintsThePlanAndSubmitsNothing() {
        gateway.on(SUBMIT + "?dry_run=true", 200, """
                {"config":{"network":"mlp"},"network":{"parameters":52650,"layers":3,"multiply_adds":52544},
                 "memory":{"peak_bytes":800000000},"estimate":{"basis":"same_network","jobs":5,"confidence":0.8,
                  "samples_per_second":9000.0,"queue_position":3,"workers":2,"seconds":{"low":8.5,"mid":12.25,"high":190.0},
                  "start":{"low":"2026-11-28T10:00:00Z","mid":"2026-11-28T10:00:05Z","high":"2026-11-28T10:00:30Z"},
                  "end":null}}""");
        CommandLineRun run = CommandLineRun.at(gateway, "train", "--dry-run", "--network", "mlp");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("mlp: 52,650 parameters in 3 layers")
                .containsPattern("Peak memory +about 763 MiB")
                .containsPattern("Queue +position 3, 2 trainers")
                .containsPattern("Takes +8.5 s to 3 min, most likely 12 s")
                .containsPattern("Starts +in 0.0 s to in .*2026-11-28T10:00:00Z to 2026-11-28T10:00:30Z")
                .containsPattern("Ends +unknown: there is no trainer")
                .contains("5 finished jobs of this network", "80 % of jobs");
        assertThat(run.err()).isEmpty();
        assertThat(json(CommandLineRun.at(gateway, "train", "--dry-run", "--json")
                                .out())
                        .at("/estimate/seconds/high")
                        .asDouble())
                .isEqualTo(190);
        assertThat(CommandLineRun.at(gateway, "train", "--dry-run", "--wait").exitCode())
                .isEqualTo(2);
        assertThat(gateway.requestLines()).containsOnly(SUBMIT + "?dry_run=true");
    }

    @Test
    void aDryRunDistinguishesUnknownTrainersFromNone() {
        gateway.on(SUBMIT + "?dry_run=true", 200, """
                {"config":{"network":"mlp"},"network":{"parameters":52650,"layers":3,"multiply_adds":52544},
                 "memory":{"peak_bytes":800000000},"estimate":{"basis":"no_jobs_yet","jobs":0,"confidence":0.8,
                  "samples_per_second":null,"queue_position":1,"workers":null,
                  "seconds":{"low":8.5,"mid":12.25,"high":190.0},"start":null,"end":null}}""");
        CommandLineRun run = CommandLineRun.at(gateway, "train", "--dry-run", "--network", "mlp");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .containsPattern("Queue +position 1, number of trainers unknown")
                .containsPattern("Starts +unknown: the trainers cannot be read")
                .doesNotContain("no trainer", "0 trainers");
    }

    @Test
    void aValueThatOnlyBeginsLikeJsonIsText() {
        gateway.on(SUBMIT, 202, JobJson.accepted());
        CommandLineRun run = CommandLineRun.at(
                gateway,
                "train",
                "--configs={}",
                "--set=a=5 5",
                "--set=b=",
                "--set=c=null",
                "--set=d.e=[1]",
                "--set=f=@x");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(submitted()).isEqualTo(json("{\"a\":\"5 5\",\"b\":\"\",\"c\":null,\"d\":{\"e\":[1]},\"f\":\"@x\"}"));
    }

    @Test
    void theErrorNamesThePositionInTheConfiguration() throws Exception {
        Path file = Files.writeString(folder.resolve("c.json"), "{\n \"network\": mlp}");
        assertThat(CommandLineRun.at(gateway, "train", "--config", file.toString())
                        .err())
                .contains(file + " is not a JSON object (line 2, column ");
        assertThat(CommandLineRun.at(gateway, "train", "--configs", "{").err())
                .contains("Unexpected end-of-input: expected close marker for Object).")
                .doesNotContain("REDACTED");
        assertThat(CommandLineRun.at(gateway, "train", "--configs", "{\"a\":1,\"a\":2}")
                        .err())
                .contains("Duplicate field 'a'");
        assertThat(CommandLineRun.at(gateway, "train", "--config", folder.toString())
                        .err())
                .contains(folder + " is a folder, not a file");
        assertThat(CommandLineRun.at(gateway, "train", "--config", "none.json").err())
                .contains("There is no file none.json.");
        assertThat(gateway.requests()).isEmpty();
    }

    @Test
    void aSubmitThatMayHaveSucceededIsNotReportedAsFinalFailure() {
        gateway.disconnectOn(SUBMIT)
                .on(SUBMIT, 503, "{\"detail\":\"The database is away.\"}")
                .on(SUBMIT, 202, JobJson.accepted());
        assertThat(CommandLineRun.at(gateway, "train", "-q").out()).startsWith(JobJson.KEY);
        gateway.disconnectOn(SUBMIT + "?dry_run=true");
        assertThat(CommandLineRun.at(gateway, "train", "--dry-run").err()).doesNotContain("may be queued");
    }

    @Test
    void theTimeoutLimitsTheSubmitAndItsErrorHasTheIdempotencyKey() {
        gateway.noResponseOn(SUBMIT);
        CommandLineRun run =
                CommandLineRun.at(gateway, "train", "--wait", "--timeout", "1s", "--idempotency-key", "one");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(124);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("did not answer within 1 s").contains("--idempotency-key one");
        assertThat(gateway.requestLines()).containsExactly(SUBMIT);
    }

    @Test
    void aTimeoutAfterTheSubmitPrintsHowToResumeWatching() {
        gateway.on(SUBMIT, 202, JobJson.accepted()).noResponseOn("GET " + JobJson.PATH);
        CommandLineRun run = CommandLineRun.at(gateway, "train", "--timeout", "1s");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(124);
        assertThat(run.err())
                .contains("Job " + JobJson.KEY + " has not ended within 1 s")
                .contains("jobs watch " + JobJson.KEY);
    }

    @Test
    void anInterruptedSubmitPrintsTheIdempotencyKey() throws Exception {
        gateway.noResponseOn(SUBMIT);
        try (ClientProcess client = ClientProcess.start(gateway, "train", "--wait")) {
            String once = gateway.await(SUBMIT).headers().getFirst("Idempotency-Key");
            assertThat(client.terminate().awaitEnd().err())
                    .isEqualTo("Interrupted. The job may have been queued. Repeat the command with --idempotency-key "
                            + once + " to avoid a second job.\n");
        }
    }

    @Test
    void anInterruptAfterTheSubmitPrintsHowToResumeWatching() throws Exception {
        gateway.on(SUBMIT, 202, JobJson.accepted()).noResponseOn("GET " + JobJson.PATH);
        try (ClientProcess client = ClientProcess.start(gateway, "train", "--wait")) {
            gateway.await("GET " + JobJson.PATH);
            assertThat(client.terminate().awaitEnd().err())
                    .startsWith("Job " + JobJson.KEY + "\nDetached. The job continues. ")
                    .contains("jobs cancel " + JobJson.KEY)
                    .doesNotContain("idempotency");
        }
    }

    private JsonNode submitted() {
        return json(gateway.request(SUBMIT).text());
    }

    private static JsonNode json(String text) {
        return Json.read(text).orElseThrow();
    }
}
