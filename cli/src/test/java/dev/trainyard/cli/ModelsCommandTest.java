package dev.trainyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command against a gateway that the test plays. */
class ModelsCommandTest {
    private static final String JOB = "/api/v1/train/7d5c1d7c-0000-0000-0000-000000000000";

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> requests = new ArrayList<>();
    private final List<String> bodies = new ArrayList<>();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private HttpServer gateway;

    private record Answer(int status, String body) {}

    @BeforeEach
    void startAGateway() throws IOException {
        gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.createContext("/", this::answer);
        gateway.start();
        System.setProperty("TRAINYARD_ADMIN_TOKEN", "s3cret");
    }

    @AfterEach
    void stop() {
        gateway.stop(0);
        System.clearProperty("TRAINYARD_ADMIN_TOKEN");
    }

    @Test
    void sendsTheFilesWaitsAndSaysWhatCameOut() throws Exception {
        answers.add(new Answer(202, "{\"key\":\"7d5c1d7c\",\"status_url\":\"%s\"}".formatted(JOB)));
        answers.add(new Answer(200, "{\"status\":\"training_in_progress\"}"));
        answers.add(new Answer(
                200,
                "{\"status\":\"success\",\"model\":{\"name\":\"Theirs\",\"version\":3},"
                        + "\"message\":{\"test\":{\"accuracy\":0.9876}}}"));
        Path model = Files.writeString(folder.resolve("weights.h5"), "the weights");
        Path reference = Files.writeString(folder.resolve("reference.npz"), "the answers");

        assertThat(run("import", model.toString(), "--name", "Theirs", "--reference", reference.toString()))
                .isZero();

        assertThat(out.toString()).contains("Theirs version 3: 98.76 %");
        assertThat(requests)
                .containsExactly(
                        "POST /api/v1/models Bearer s3cret",
                        "GET " + JOB + "?wait=20 null",
                        "GET " + JOB + "?wait=20 null");
        assertThat(bodies.get(0))
                .contains("name=\"name\"\r\n\r\nTheirs\r\n")
                .contains("name=\"model\"; filename=\"weights.h5\"\r\n")
                .contains("\r\n\r\nthe weights\r\n--")
                .contains("name=\"reference\"; filename=\"reference.npz\"\r\n")
                .contains("\r\n\r\nthe answers\r\n--")
                .endsWith("--\r\n");
    }

    @Test
    void aRefusalIsTheGatewaysSentencesAndNotZero() throws Exception {
        answers.add(
                new Answer(
                        422,
                        "{\"detail\":\"1 error; see errors\",\"errors\":[{\"pointer\":\"/model\",\"detail\":\"must be a Keras 2 file\"}]}"));
        Path model = Files.writeString(folder.resolve("x.txt"), "x");
        assertThat(run("import", model.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("1 error").contains("/model must be a Keras 2 file");
    }

    @Test
    void anImportThatFailedIsItsReasonAndNotZero() throws Exception {
        answers.add(new Answer(202, "{\"key\":\"7d5c1d7c\",\"status_url\":\"%s\"}".formatted(JOB)));
        answers.add(new Answer(
                200, "{\"status\":\"failed\",\"error\":{\"code\":\"import_rejected\",\"message\":\"Opset 12.\"}}"));
        Path model = Files.writeString(folder.resolve("x.onnx"), "x");
        assertThat(run("import", model.toString())).isEqualTo(1);
        assertThat(err.toString()).endsWith("Opset 12.%n".formatted());
    }

    @Test
    void aFileThatIsNotThereAndAGatewayThatIsNotThereAreSaid() throws Exception {
        assertThat(run("import", folder.resolve("none.h5").toString())).isEqualTo(1);
        assertThat(err.toString()).contains("none.h5");
        gateway.stop(0);
        Path model = Files.writeString(folder.resolve("x.h5"), "x");
        assertThat(run("import", model.toString())).isEqualTo(4);
        assertThat(err.toString()).contains("./trainyard up");
    }

    private int run(String... args) {
        List<String> all = new ArrayList<>(List.of("models"));
        all.addAll(List.of(args));
        all.addAll(
                List.of("--server", "http://127.0.0.1:" + gateway.getAddress().getPort()));
        return Main.commands()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.add("%s %s %s"
                .formatted(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI(),
                        exchange.getRequestHeaders().getFirst("Authorization")));
        bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        Answer answer = answers.remove();
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
