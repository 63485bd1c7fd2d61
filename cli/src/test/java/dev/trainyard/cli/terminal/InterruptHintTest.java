package dev.trainyard.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.cli.ClientProcess;
import dev.trainyard.cli.CommandLineRun;
import dev.trainyard.cli.FakeGateway;
import dev.trainyard.cli.JobJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class InterruptHintTest {
    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    @Test
    void aFinishedCommandPrintsNoHint() throws Exception {
        gateway.on("GET " + JobJson.PATH, 200, JobJson.succeeded())
                .on(JobJson.EVENTS, 200, JobJson.END)
                .on("POST /api/v1/train", 202, JobJson.accepted());
        for (String[] words :
                new String[][] {{"jobs", "watch", JobJson.KEY}, {"train", "-q"}, {"train", "--wait", "-q"}}) {
            try (ClientProcess client = ClientProcess.start(gateway, words)) {
                CommandLineRun run = client.awaitEnd();
                assertThat(run.exitCode()).as(run.err()).isZero();
                assertThat(run.err()).isEmpty();
            }
        }
    }
}
