package dev.trainyard.cli.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.cli.CommandLineRun;
import dev.trainyard.cli.FakeGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ModelImportTest {
    private static final String JOB = "/api/v1/train/7d5c1d7c-0000-0000-0000-000000000000";
    private static final String SEND = "POST /api/v1/models";
    private static final String STATUS_REQUEST = "GET " + JOB + "?wait=20";
    private static final String ACCEPTED = "{\"key\":\"7d5c1d7c\",\"status_url\":\"%s\"}".formatted(JOB);

    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    @TempDir
    Path folder;

    @BeforeEach
    void setToken() {
        System.setProperty("TRAINYARD_ADMIN_TOKEN", "s3cret");
    }

    @AfterEach
    void clearToken() {
        System.clearProperty("TRAINYARD_ADMIN_TOKEN");
    }

    @Test
    void sendsTheFilesWaitsAndPrintsTheResult() throws Exception {
        gateway.on(SEND, 202, ACCEPTED)
                .on(STATUS_REQUEST, 200, "{\"status\":\"training_in_progress\"}")
                .on(
                        STATUS_REQUEST,
                        200,
                        "{\"status\":\"success\",\"model\":{\"name\":\"Theirs\",\"version\":3},"
                                + "\"message\":{\"test\":{\"accuracy\":0.9876}}}");
        Path model = Files.writeString(folder.resolve("weights.h5"), "the weights");
        Path reference = Files.writeString(folder.resolve("reference.npz"), "the answers");

        CommandLineRun run = load(model, "--name", "Theirs", "--reference", reference.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("Theirs version 3: accuracy 98.76 %");
        assertThat(gateway.requestLines()).containsExactly(SEND, STATUS_REQUEST, STATUS_REQUEST);
        assertThat(gateway.request(SEND).headers().getFirst("Authorization")).isEqualTo("Bearer s3cret");
        assertThat(gateway.request(SEND).text())
                .contains("name=\"name\"\r\n\r\nTheirs\r\n")
                .contains("name=\"model\"; filename=\"weights.h5\"\r\n")
                .contains("\r\n\r\nthe weights\r\n--")
                .contains("name=\"reference\"; filename=\"reference.npz\"\r\n")
                .contains("\r\n\r\nthe answers\r\n--")
                .endsWith("--\r\n");
    }

    @Test
    void aRejectedUploadPrintsTheGatewaysReasons() throws Exception {
        gateway.on(
                SEND,
                422,
                "{\"detail\":\"1 error; see errors\",\"errors\":[{\"pointer\":\"/model\",\"detail\":\"must be a Keras 2 file\"}]}");
        CommandLineRun run = load(Files.writeString(folder.resolve("x.txt"), "x"));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("1 error").contains("/model must be a Keras 2 file");
    }

    @Test
    void aFailedImportPrintsItsReason() throws Exception {
        gateway.on(SEND, 202, ACCEPTED)
                .on(
                        STATUS_REQUEST,
                        200,
                        "{\"status\":\"failed\",\"error\":{\"code\":\"import_rejected\",\"message\":\"Opset 12.\"}}");
        CommandLineRun run = load(Files.writeString(folder.resolve("x.onnx"), "x"));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).endsWith("Opset 12.%n".formatted());
    }

    @Test
    void aMissingFileAndAMissingGatewayAreReported() throws Exception {
        CommandLineRun run = load(folder.resolve("none.h5"));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("none.h5");
        gateway.stop();
        run = load(Files.writeString(folder.resolve("x.h5"), "x"));
        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).contains("./trainyard up");
    }

    private CommandLineRun load(Path model, String... options) {
        String[] words = new String[3 + options.length];
        words[0] = "models";
        words[1] = "import";
        words[2] = model.toString();
        System.arraycopy(options, 0, words, 3, options.length);
        return CommandLineRun.at(gateway, words);
    }
}
