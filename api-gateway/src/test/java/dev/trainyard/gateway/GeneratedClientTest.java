package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.Nullable;
import jakarta.inject.Inject;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.apache.http.HttpEntity;
import org.apache.http.client.entity.UrlEncodedFormEntity;
import org.apache.http.entity.mime.MultipartEntityBuilder;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/**
 * A client that OpenAPI Generator makes of the gateway's own description, as its command makes it, is compiled and used
 * against this gateway by {@code src/test/resources/generated-client/UseOfClient.java}.
 */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class GeneratedClientTest {
    private static final Path PLACE = Path.of("target", "openapi-generator").toAbsolutePath();
    private static final Path USE = Path.of("src", "test", "resources", "generated-client", "UseOfClient.java");

    /** What the generated code needs besides the JDK. */
    private static final List<Class<?>> LIBRARIES = List.of(
            ObjectMapper.class,
            JsonParser.class,
            JsonProperty.class,
            JavaTimeModule.class,
            Nullable.class,
            HttpEntity.class,
            UrlEncodedFormEntity.class,
            MultipartEntityBuilder.class);

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    @TestHTTPResource("/")
    URI server;

    @Test
    void aGeneratedClientTrainsWatchesListsAndPredicts() throws Exception {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
        Path description = Files.writeString(
                PLACE.resolve("openapi.json"),
                given().accept("application/json").get("/q/openapi").asString());
        Path client = generated(description);
        Path classes = compiled(client);
        try (FakeWorkers workers = new FakeWorkers(kafka, artifacts);
                URLClassLoader loader = new URLClassLoader(
                        new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
            assertThat(workers).isNotNull();
            @SuppressWarnings("unchecked")
            List<String> told = (List<String>) loader.loadClass("UseOfClient")
                    .getMethod("use", URI.class, File.class)
                    .invoke(null, server, new File("../example/8.png"));
            assertThat(told)
                    .containsExactly(
                            "plan: 52,650 parameters",
                            "refused: 422 [/train_args/epochs]",
                            "accepted: queued",
                            "job: success after 2 epochs, test accuracy 0.5",
                            "listed: it alone",
                            "model: DigitModel",
                            "digit: 8",
                            "later: 8");
        }
    }

    private static Path generated(Path description) throws Exception {
        Path client = PLACE.resolve("client");
        delete(client);
        Process generator = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dfile.encoding=UTF-8",
                        "-jar",
                        PLACE.resolve("openapi-generator-cli.jar").toString(),
                        "generate",
                        "--generator-name=java",
                        "--library=native",
                        "--input-spec=" + description,
                        "--output=" + client,
                        "--invoker-package=org.example.digits",
                        "--api-package=org.example.digits.api",
                        "--model-package=org.example.digits.model",
                        "--additional-properties=openApiNullable=false,useJakartaEe=true")
                .redirectErrorStream(true)
                .redirectOutput(PLACE.resolve("generate.log").toFile())
                .start();
        assertThat(generator.waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(generator.exitValue())
                .as(Files.readString(PLACE.resolve("generate.log")))
                .isZero();
        return client.resolve("src/main/java");
    }

    private static Path compiled(Path client) throws IOException {
        Path classes = Files.createDirectories(PLACE.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<File> sources = new ArrayList<>(List.of(USE.toFile()));
        List<String> options =
                List.of("-proc:none", "-encoding", "UTF-8", "-d", classes.toString(), "-classpath", libraries());
        try (Stream<Path> files = Files.walk(client);
                StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .map(Path::toFile)
                    .forEach(sources::add);
            List<String> complaints = new ArrayList<>();
            boolean compiled = compiler.getTask(
                            null,
                            manager,
                            complaint -> complaints.add(complaint.toString()),
                            options,
                            null,
                            manager.getJavaFileObjectsFromFiles(sources))
                    .call();
            assertThat(compiled).as(String.join("\n", complaints)).isTrue();
        }
        return classes;
    }

    private static String libraries() {
        return LIBRARIES.stream()
                .map(library -> Path.of(URI.create(library.getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toString()))
                        .toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted((a, b) -> b.compareTo(a))
                        .forEach(file -> file.toFile().delete());
            }
        }
    }
}
