package dev.trainyard.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.cli.FakeGateway;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs the client in separate processes to check their exit. */
class StdoutTest {
    private static final String KEY = "67150f53-2c6c-4bea-b612-16994686a8b2";

    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    @Test
    void aClosedPipeEndsTheCommandSilently() throws Exception {
        // more than a pipe's buffer and without an end, so that only the closed pipe stops it
        String events = IntStream.rangeClosed(1, 5_000)
                .mapToObj(id -> "id: %d\nevent: status\ndata: {\"to\":\"queued\"}\n\n".formatted(id))
                .collect(Collectors.joining());
        gateway.on("GET /api/v1/train/" + KEY, 200, "{\"status\":\"queued\"}")
                .streamAndHoldOn("GET /api/v1/train/" + KEY + "/events", events);
        Process client = run("jobs watch " + KEY + " --json | head -n 1; echo ${PIPESTATUS[0]}");
        assertThat(output(client)).isEqualTo("{\"id\":1,\"event\":\"status\",\"data\":{\"to\":\"queued\"}}\n141\n");
    }

    @Test
    void aWriteErrorIsAFailure() throws Exception {
        gateway.on("GET /api/v1/train?limit=20", 200, "{\"jobs\":[]}");
        for (String words : new String[] {"jobs ls --json", "--help"}) {
            assertThat(output(run(words + " > /dev/full; echo $?")))
                    .contains("error: stdout cannot be written: ")
                    .endsWith("\n1\n");
        }
    }

    private Process run(String words) throws Exception {
        String client = "'%s' -cp '%s' dev.trainyard.cli.Main "
                .formatted(
                        Path.of(System.getProperty("java.home"), "bin", "java"), System.getProperty("java.class.path"));
        ProcessBuilder bash = new ProcessBuilder("bash", "-c", client + words).redirectErrorStream(true);
        bash.environment().put("TRAINYARD_SERVER", gateway.url());
        return bash.start();
    }

    private static String output(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
