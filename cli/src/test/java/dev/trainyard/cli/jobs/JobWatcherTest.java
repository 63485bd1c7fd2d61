package dev.trainyard.cli.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.ClientProcess;
import dev.trainyard.cli.CommandLineRun;
import dev.trainyard.cli.FakeGateway;
import dev.trainyard.cli.JobJson;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.Terminal;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("full")
class JobWatcherTest {
    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    @Test
    void aBrokenConnectionIsResumedAtTheLastEvent() {
        gateway.on("GET " + JobJson.PATH, 200, JobJson.succeeded())
                .on(JobJson.EVENTS, 200, JobJson.status(1, "queued") + ": alive\n\n" + JobJson.epoch(2, 1))
                .disconnectOn(JobJson.EVENTS)
                .on(JobJson.EVENTS, 503, "{}", "Retry-After", "1")
                .on(JobJson.EVENTS, 200, JobJson.epoch(3, 2) + JobJson.END);
        CommandLineRun run = watch();
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err().lines().filter(line -> line.startsWith("Epoch"))).hasSize(2);
        List<String> since = gateway.requests().stream()
                .filter(request -> request.requestLine().equals(JobJson.EVENTS))
                .map(request -> request.headers().getFirst("Last-Event-ID"))
                .toList();
        assertThat(since).startsWith(null, "2").endsWith("2");
    }

    @Test
    void jsonOutputIsOneObjectPerEventAndEndsWithTheJob() {
        gateway.on("GET " + JobJson.PATH, 200, JobJson.succeeded())
                .on(JobJson.EVENTS, 200, JobJson.status(1, "queued") + JobJson.epoch(2, 1) + JobJson.END);
        CommandLineRun run = watch("--json");
        List<JsonNode> lines =
                run.out().lines().map(line -> Json.read(line).orElseThrow()).toList();
        assertThat(lines.stream().map(line -> line.path("event").asText())).containsExactly("status", "epoch", "end");
        assertThat(lines.get(1).path("id").asInt()).isEqualTo(2);
        assertThat(lines.get(1).at("/data/metrics/epoch").asInt()).isEqualTo(1);
        assertThat(lines.get(2).at("/job/model/version").asInt()).isEqualTo(3);
        assertThat(run.err()).isEmpty();
    }

    @Test
    void theExitStatusReflectsTheEndOfTheJob() {
        assertThat(ended("failed", "{\"code\":\"diverged\",\"message\":\"The loss is NaN.\"}"))
                .satisfies(run -> {
                    assertThat(run.exitCode()).isEqualTo(1);
                    assertThat(run.err())
                            .contains("The loss is NaN. (diverged)")
                            .contains("jobs retry " + JobJson.KEY);
                });
        assertThat(ended("cancelled", "null").exitCode()).isEqualTo(5);
        assertThat(ended("deleted", "null").exitCode()).isEqualTo(3);
    }

    private CommandLineRun ended(String status, String error) {
        FakeGateway other = new FakeGateway();
        try {
            other.beforeEach(null);
            other.on("GET " + JobJson.PATH, 200, JobJson.ended(status, error))
                    .on(JobJson.EVENTS, 200, JobJson.END.replace("success", status));
            return CommandLineRun.at(other, "jobs", "watch", JobJson.KEY);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            other.afterEach(null);
        }
    }

    @Test
    void aMissingJobIsNotFound() {
        CommandLineRun run = watch();
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("no job with key " + JobJson.KEY).contains("jobs ls");
        gateway.on("GET " + JobJson.PATH, 404, "<html>");
        run = watch();
        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).contains("not a Trainyard gateway").doesNotContain("The job continues");
    }

    @Test
    void aTimeoutEndsOnlyTheWatching() {
        gateway.on("GET " + JobJson.PATH, 200, JobJson.succeeded())
                .streamAndHoldOn(JobJson.EVENTS, JobJson.status(1, "queued"));
        CommandLineRun run = watch("--timeout", "1s");
        assertThat(run.exitCode()).isEqualTo(124);
        assertThat(run.err()).contains("has not ended within 1 s").contains("jobs watch " + JobJson.KEY);
        assertThat(gateway.requestLines()).noneMatch(line -> line.startsWith("POST"));
    }

    @Test
    void theProgressBarIsShownOnTerminalsOnly() {
        String running = JobJson.succeeded().replace("\"success\"", "\"training_in_progress\"");
        gateway.on("GET " + JobJson.PATH, 200, running)
                .streamAndHoldOn(JobJson.EVENTS, JobJson.status(1, "training_in_progress") + JobJson.epoch(2, 1));
        String[] words = CommandLineRun.with(gateway, "jobs", "watch", JobJson.KEY, "--timeout", "2s");
        assertThat(CommandLineRun.of(new Terminal(false, true, true, false), words)
                        .err())
                .contains("\r\u001b[K[####")
                .contains("\r\u001b[Kerror: Job")
                .doesNotContain("Epoch 1/2");
        assertThat(CommandLineRun.of(words).err())
                .doesNotContain("\r")
                .doesNotContain("[####")
                .contains("Epoch 1/2");
        String[] quiet = CommandLineRun.with(gateway, "jobs", "watch", JobJson.KEY, "--timeout", "2s", "-q");
        assertThat(CommandLineRun.of(new Terminal(false, true, true, false), quiet)
                        .err())
                .startsWith("error: ");
    }

    @Test
    void aFailedProgressUpdateDoesNotEndTheWatching() {
        String running = JobJson.succeeded().replace("\"success\"", "\"training_in_progress\"");
        gateway.on("GET " + JobJson.PATH, 200, running);
        for (int i = 0; i < 4; i++) { // several failed updates in a row
            gateway.disconnectOn("GET " + JobJson.PATH);
        }
        gateway.on("GET " + JobJson.PATH, 200, JobJson.succeeded())
                .on(JobJson.EVENTS, 200, JobJson.epoch(1, 1))
                .disconnectOn(JobJson.EVENTS)
                .disconnectOn(JobJson.EVENTS)
                .on(JobJson.EVENTS, 200, JobJson.END);
        CommandLineRun run = CommandLineRun.of(
                new Terminal(false, true, true, false), CommandLineRun.with(gateway, "jobs", "watch", JobJson.KEY));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("succeeded");
    }

    @Test
    void anEndEventIsReadAgainIfItsJobCannotBeRead() {
        gateway.on("GET " + JobJson.PATH, 200, JobJson.succeeded())
                .disconnectOn("GET " + JobJson.PATH)
                .on("GET " + JobJson.PATH, 503, "{\"detail\":\"The database is away.\"}")
                .on("GET " + JobJson.PATH, 200, JobJson.succeeded())
                .on(JobJson.EVENTS, 200, JobJson.END);
        CommandLineRun run = watch("--json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines()).singleElement().asString().contains("\"event\":\"end\"");
    }

    @Test
    void theQueuePositionIsPrinted() {
        gateway.on("GET " + JobJson.PATH, 200, "{\"status\":\"queued\",\"epochs\":2,\"queue_position\":7}")
                .on("GET " + JobJson.PATH, 200, JobJson.succeeded())
                .on(JobJson.EVENTS, 200, JobJson.END);
        assertThat(watch().err()).contains("Position 7 in the queue.");
    }

    @Test
    void anInterruptPrintsHowToResumeWatching() throws Exception {
        gateway.on("GET " + JobJson.PATH, 200, JobJson.succeeded())
                .streamAndHoldOn(JobJson.EVENTS, JobJson.epoch(1, 1));
        try (ClientProcess client = ClientProcess.start(gateway, "jobs", "watch", JobJson.KEY)) {
            assertThat(client.nextErrorLine()).startsWith("Epoch 1/2");
            CommandLineRun run = client.terminate().awaitEnd();
            assertThat(run.exitCode()).isEqualTo(143);
            assertThat(run.err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("Detached. The job continues.")
                    .contains("./trainyard jobs watch " + JobJson.KEY)
                    .contains("./trainyard jobs cancel " + JobJson.KEY);
        }
        assertThat(gateway.requestLines()).noneMatch(line -> line.startsWith("POST"));
    }

    @Test
    void anInterruptBeforeTheJobWasFoundPrintsNoHint() throws Exception {
        gateway.noResponseOn("GET " + JobJson.PATH);
        try (ClientProcess client = ClientProcess.start(gateway, "jobs", "watch", JobJson.KEY)) {
            gateway.await("GET " + JobJson.PATH);
            CommandLineRun run = client.terminate().awaitEnd();
            assertThat(run.exitCode()).isEqualTo(143);
            assertThat(run.err()).isEmpty();
        }
        CommandLineRun late = watch("--timeout", "1s");
        assertThat(late.exitCode()).isEqualTo(124);
        assertThat(late.err()).contains("did not answer within 1 s").doesNotContain("The job continues");
    }

    @Test
    void theTimeoutAlsoLimitsTheLookup() {
        gateway.noResponseOn("GET /api/v1/train?limit=1");
        CommandLineRun run = CommandLineRun.at(gateway, "jobs", "watch", "latest", "--timeout", "1s");
        assertThat(run.exitCode()).isEqualTo(124);
    }

    @Test
    void aHundredEpochsArePrintedInOrder() {
        StringBuilder events = new StringBuilder();
        IntStream.rangeClosed(1, 100).forEach(epoch -> events.append(JobJson.epoch(epoch, epoch)));
        gateway.on("GET " + JobJson.PATH, 200, JobJson.succeeded()).on(JobJson.EVENTS, 200, events + JobJson.END);
        assertThat(watch().err().lines().map(line -> line.replaceAll("/.*", "")))
                .isEqualTo(IntStream.rangeClosed(1, 100)
                        .mapToObj(epoch -> "Epoch " + epoch)
                        .toList());
    }

    private CommandLineRun watch(String... options) {
        String[] words = new String[3 + options.length];
        words[0] = "jobs";
        words[1] = "watch";
        words[2] = JobJson.KEY;
        System.arraycopy(options, 0, words, 3, options.length);
        return CommandLineRun.at(gateway, words);
    }
}
