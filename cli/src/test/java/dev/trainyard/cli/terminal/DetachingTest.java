package dev.trainyard.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.cli.ClientProcess;
import dev.trainyard.cli.CommandLineRun;
import dev.trainyard.cli.FakeGateway;
import dev.trainyard.cli.Jobs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DetachingTest {
    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    @Test
    void whoeverSeesTheEndDetachedFromNothing() throws Exception {
        gateway.on("GET " + Jobs.PATH, 200, Jobs.succeeded())
                .on(Jobs.EVENTS, 200, Jobs.END)
                .on("POST /api/v1/train", 202, Jobs.accepted());
        for (String[] words :
                new String[][] {{"jobs", "watch", Jobs.KEY}, {"train", "-q"}, {"train", "--wait", "-q"}}) {
            try (ClientProcess client = ClientProcess.start(gateway, words)) {
                CommandLineRun run = client.awaitEnd();
                assertThat(run.exitCode()).as(run.err()).isZero();
                assertThat(run.err()).isEmpty();
            }
        }
    }
}
