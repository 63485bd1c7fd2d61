package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the code blocks of docs/api.md. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class ApiDocsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String SERVER = "http://127.0.0.1:8080";

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    @TestHTTPResource("/")
    URI server;

    @TempDir
    Path folder;

    private FakeWorkers workers;

    @BeforeEach
    void startTheWorkers() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
        workers = new FakeWorkers(kafka, artifacts);
    }

    @AfterEach
    void stopTheWorkers() throws Exception {
        workers.close();
    }

    @Test
    void theBlocksOfCurlWork() throws Exception {
        assumeThat(run(List.of("curl", "--version")).status()).isZero();
        List<String> blocks = blocks("sh");
        assertThat(blocks).hasSizeGreaterThanOrEqualTo(6);
        Run run = run(List.of("bash", "-ec", String.join("\necho\n", blocks)));
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output())
                .contains("\"parameters\":")
                .contains("event:epoch")
                .contains("event:end")
                .contains("\"status\":\"success\"")
                .containsPattern("(?m)^304$")
                .contains("\"prediction\":8")
                .contains("\"next_cursor\"")
                .contains("\"dead_letters\"")
                .contains("did you mean \\\"lenet5\\\"");
    }

    @Test
    void theProgramInJavaWorks() throws Exception {
        Path program = folder.resolve("Digits.java");
        Files.writeString(program, blocks("java").get(0));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Run run = run(List.of(java, program.toString()));
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output())
                .contains("\"peak_bytes\"")
                .contains("success, epoch 2")
                .contains("digit: 8");
    }

    @Test
    void theProgramInPythonWorks() throws Exception {
        assumeThat(run(List.of("python3", "-c", "import requests")).status())
                .as("python3 with requests")
                .isZero();
        Run run = run(List.of("python3", "-c", blocks("python").get(0)));
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output())
                .contains("parameters: ")
                .contains("test accuracy: 0.5")
                .contains("digit: 8");
    }

    private record Run(int status, String output) {}

    private Run run(List<String> command) throws Exception {
        Path output = Files.createTempFile(folder, "run", ".log");
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(ROOT.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            return new Run(-1, e.toString());
        }
        assertThat(process.waitFor(90, TimeUnit.SECONDS))
                .as(Files.readString(output))
                .isTrue();
        return new Run(process.exitValue(), Files.readString(output));
    }

    private List<String> blocks(String language) throws IOException {
        String here = server.toString().replaceAll("/$", "");
        List<String> blocks = new ArrayList<>();
        Matcher block = Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$")
                .matcher(Files.readString(ROOT.resolve("docs/api.md")));
        while (block.find()) {
            blocks.add(block.group(1).replace(SERVER, here));
        }
        return blocks;
    }
}
