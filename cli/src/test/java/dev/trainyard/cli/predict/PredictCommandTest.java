package dev.trainyard.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.CommandLineRun;
import dev.trainyard.cli.FakeGateway;
import dev.trainyard.cli.json.Json;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class PredictCommandTest {
    private static final String PREDICT = "POST /api/v1/predict";
    private static final String EIGHT = """
            {"prediction":8,"probability":0.9999599,"prediction_set":[8],
             "outlier":{"is_outlier":false,"score":1.8,"threshold":2.3},"model":{"name":"DigitModel","version":1}}""";
    private static final String NONE = """
            {"prediction":null,"probability":null,"prediction_set":[],
             "outlier":{"is_outlier":true,"score":5.2,"threshold":2.3},"best_guess":{"prediction":3,"probability":0.41}}""";

    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    @Test
    void eachImageIsOneLine() throws Exception {
        gateway.on(PREDICT, 200, EIGHT).on(PREDICT, 200, NONE);
        CommandLineRun run = CommandLineRun.at(gateway, "predict", "../example/8.png", "../example/1.png");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "../example/8.png: 8 (100.00 %)",
                        "../example/1.png: no digit (score 5.20, accepted up to 2.30); best guess 3, 41.00 %");
        assertThat(gateway.request(PREDICT).body()).isEqualTo(Files.readAllBytes(Path.of("../example/8.png")));
    }

    @Test
    void imagesAreReadFromStandardInput() {
        gateway.on(PREDICT + "?version=2&outliers=accept", 200, EIGHT);
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(new byte[] {1, 2, 3}));
        try {
            CommandLineRun run =
                    CommandLineRun.at(gateway, "predict", "-", "--model-version=2", "--outliers=accept", "--json");
            JsonNode line = Json.read(run.out()).orElseThrow();
            assertThat(line.path("file").asText()).isEqualTo("-");
            assertThat(line.path("prediction").asInt()).isEqualTo(8);
            assertThat(run.out().lines()).hasSize(1);
        } finally {
            System.setIn(before);
        }
        assertThat(gateway.requests().get(0).body()).containsExactly(1, 2, 3);
    }

    /** A sparse file, which takes no disk space. */
    @Test
    void anOversizedFileIsRejectedUnreadAndDoesNotStopTheOthers(@TempDir Path folder) throws Exception {
        gateway.on(PREDICT, 200, EIGHT);
        Path large = folder.resolve("disk.iso");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(3L << 30); // larger than a Java array
        }
        CommandLineRun run = CommandLineRun.at(gateway, "predict", large.toString(), "../example/8.png");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(large + " is larger than 16 MB");
        assertThat(run.out()).contains("8.png: 8 (100.00 %)");
        assertThat(gateway.requests()).hasSize(1);
    }

    @Test
    void aRejectedImageDoesNotStopTheOthers() {
        gateway.on(PREDICT, 415, "{\"detail\":\"This is no PNG.\"}").on(PREDICT, 200, EIGHT);
        CommandLineRun run = CommandLineRun.at(gateway, "predict", "pom.xml", "none.png", "../example/8.png");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out().lines()).containsExactly("../example/8.png: 8 (100.00 %)");
        assertThat(run.err()).contains("pom.xml: This is no PNG.").contains("none.png");
    }

    @Test
    void theFirstFailureIsTheExitStatus() {
        gateway.on(PREDICT, 422, "{\"detail\":\"Too large.\"}").on(PREDICT, 504, "{\"detail\":\"Too late.\"}");
        CommandLineRun run = CommandLineRun.at(gateway, "predict", "../example/8.png", "../example/1.png");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains("Too large.").contains("Too late.");
    }

    @Test
    void theResponseStatusDeterminesTheExitStatus() throws Exception {
        for (List<Integer> pair : List.of(
                List.of(400, 2),
                List.of(404, 3),
                List.of(409, 1),
                List.of(410, 3),
                List.of(413, 2),
                List.of(415, 2),
                List.of(422, 2),
                List.of(500, 1),
                List.of(502, 4),
                List.of(503, 4),
                List.of(504, 124))) {
            FakeGateway other = new FakeGateway();
            other.beforeEach(null);
            other.on(PREDICT, pair.get(0), "{\"detail\":\"No.\"}", "Retry-After", "7");
            CommandLineRun run = CommandLineRun.at(other, "predict", "../example/8.png");
            other.afterEach(null);
            assertThat(run.exitCode()).as("%s", pair).isEqualTo(pair.get(1));
            assertThat(run.err()).startsWith("error: No.");
            assertThat(run.err().contains("Try again in 7 s.")).isEqualTo(pair.get(0) == 503);
        }
    }
}
