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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the blocks of the README and of docs/*.md that are marked sh, python or java, as they are written there. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class ApiDocsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

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
        List<String> blocks = blocks("docs/api.md", "sh");
        assertThat(blocks).hasSizeGreaterThanOrEqualTo(6);
        assertThat(runInOneShell(blocks))
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
    void theCommandsOfTheOtherPagesWork() throws Exception {
        assumeThat(run(List.of("curl", "--version")).status()).isZero();
        for (String page : pages()) {
            List<String> blocks = blocks(page, "sh");
            if (!page.equals("docs/api.md") && !blocks.isEmpty()) {
                assertThat(runInOneShell(blocks)).as(page).doesNotContain("\"status\":404");
            }
        }
    }

    @Test
    void theReadmeTrainsAndPredicts() throws Exception {
        assumeThat(run(List.of("curl", "--version")).status()).isZero();
        assertThat(runInOneShell(blocks("README.md", "sh")))
                .contains("\"status_url\":")
                .contains("event:end")
                .contains("\"prediction\":8");
    }

    @Test
    void theJavaProgramWorks() throws Exception {
        Path program = folder.resolve("Digits.java");
        Files.writeString(program, blocks("docs/api.md", "java").get(0));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Run run = run(List.of(java, program.toString()));
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output())
                .contains("\"peak_bytes\"")
                .contains("success, epoch 2")
                .contains("digit: 8");
    }

    @Test
    void thePythonProgramWorks() throws Exception {
        assumeThat(run(List.of("python3", "-c", "import requests")).status())
                .as("python3 with requests")
                .isZero();
        Run run = run(List.of("python3", "-c", blocks("docs/api.md", "python").get(0)));
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output())
                .contains("parameters: ")
                .contains("test accuracy: 0.5")
                .contains("digit: 8");
    }

    private record Run(int status, String output) {}

    private String runInOneShell(List<String> blocks) throws Exception {
        Run run = run(List.of("bash", "-ec", String.join("\necho\n", blocks)));
        assertThat(run.status()).as(run.output()).isZero();
        return run.output();
    }

    private Run run(List<String> command) throws Exception {
        Path output = Files.createTempFile(folder, "run", ".log");
        Process process;
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(ROOT.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("TRAINYARD_SERVER", server.toString().replaceAll("/$", ""));
            process = builder.start();
        } catch (IOException e) {
            return new Run(-1, e.toString());
        }
        assertThat(process.waitFor(90, TimeUnit.SECONDS))
                .as(Files.readString(output))
                .isTrue();
        return new Run(process.exitValue(), Files.readString(output));
    }

    private static List<String> pages() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of("README.md"), docs.map(page -> "docs/" + page.getFileName()))
                    .filter(page -> page.endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> blocks(String page, String language) throws IOException {
        return Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$")
                .matcher(Files.readString(ROOT.resolve(page)))
                .results()
                .map(block -> block.group(1))
                .toList();
    }
}
