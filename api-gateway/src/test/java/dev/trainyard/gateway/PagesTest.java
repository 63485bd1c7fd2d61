package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.models.Published;
import dev.trainyard.image.DigitImage;
import dev.trainyard.image.PngWriter;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.SoftAssertions;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds for every page of the web page: its address, its speed and weight, and that everybody can use it. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PagesTest {
    private static final double FIRST_PAINT_MS = 1_000;
    private static final long WEIGHT = 1_500_000;

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @Inject
    Jdbi jdbi;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    @TestHTTPResource
    URL gateway;

    private static Chromium chromium;
    private WebScene scene;

    @BeforeAll
    static void openTheBrowser() {
        chromium = Chromium.open();
    }

    @AfterAll
    static void closeTheBrowser() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void setTheScene() {
        scene = WebScene.set();
    }

    private String modelWithMistakes() throws Exception {
        String model = "Page-" + UUID.randomUUID();
        ByteArrayOutputStream digits = new ByteArrayOutputStream();
        digits.writeBytes(DigitImage.decode(Files.readAllBytes(Path.of("../example/4.png"))));
        digits.writeBytes(DigitImage.decode(Files.readAllBytes(Path.of("../example/9.png"))));
        FileArtifactStore store = new FileArtifactStore(artifacts);
        new Published(jdbi, store)
                .withMistakes(
                        model,
                        store.write("test/" + model + "/model.onnx", new byte[] {1}),
                        2,
                        store.write(
                                "test/" + model + "/mistakes.png",
                                PngWriter.grey(DigitImage.SIDE, 2 * DigitImage.SIDE, digits.toByteArray())));
        return model;
    }

    private Map<String, String> pages() throws Exception {
        try (TrainerForTests trainer = new TrainerForTests(kafka, artifacts)) {
            String done = scene.finished(trainer, 12);
            String other = scene.finished(trainer, 12);
            String running = scene.running(trainer);
            Map<String, String> pages = new LinkedHashMap<>();
            pages.put("home", "/");
            pages.put("jobs", "/jobs");
            pages.put("job", "/jobs/" + running);
            pages.put("job-done", "/jobs/" + done + "?clone");
            pages.put("compare", "/compare?keys=" + done + "," + other);
            pages.put("models", "/models");
            pages.put("model", "/models/" + modelWithMistakes());
            pages.put("draw", "/draw");
            pages.put("system", "/system");
            return pages;
        }
    }

    @Test
    void everyPageIsQuickLightAndOpenToAll() throws Exception {
        SoftAssertions all = new SoftAssertions();
        for (Map.Entry<String, String> one : pages().entrySet()) {
            try (Visit visit = Visit.of(chromium, gateway.toString())) {
                visit.go(one.getValue()).page.waitForLoadState();
                double paint = visit.firstPaint();
                for (int again = 0; again < 2 && paint >= FIRST_PAINT_MS; again++) {
                    paint = firstPaint(one.getValue()); // something else may have had the processor
                }
                long weight = visit.weight();
                System.out.printf("page %-9s first paint %4.0f ms, %,9d bytes%n", one.getKey(), paint, weight);
                all.assertThat(paint).as("first paint of " + one.getKey()).isLessThan(FIRST_PAINT_MS);
                all.assertThat(weight).as("weight of " + one.getKey()).isLessThan(WEIGHT);
                all.assertThat(visit.barriers()).as(one.getKey()).isEmpty();
                visit.picture(one.getKey());
            }
            try (Visit visit = new Visit(chromium, gateway.toString(), Visit.PHONE, ColorScheme.DARK)) {
                visit.go(one.getValue());
                all.assertThat(visit.overflow())
                        .as("overflow of " + one.getKey() + " on a phone")
                        .isZero();
                all.assertThat(visit.barriers())
                        .as(one.getKey() + ", dark, on a phone")
                        .isEmpty();
                visit.picture(one.getKey() + "-phone");
            }
        }
        all.assertAll();
    }

    private double firstPaint(String path) {
        try (Visit visit = Visit.of(chromium, gateway.toString())) {
            return visit.go(path).firstPaint();
        }
    }

    @Test
    void aCellOfTheConfusionMatrixShowsTheDigits() throws Exception {
        try (Visit visit = Visit.of(chromium, gateway.toString()).go("/models/" + modelWithMistakes())) {
            visit.at("[aria-label='2 of digit 4 taken for 9']").click();
            visit.sees("h3", "4 taken for 9");
            assertThat(visit.at(".mistakes .digit").count()).isEqualTo(2);
            assertThat(visit.at(".mistakes .digit").first().boundingBox().width).isGreaterThanOrEqualTo(56);
            assertThat(visit.barriers()).isEmpty();
            visit.picture("mistakes", "ty-confusion");
        }
    }

    @Test
    void whatIsNoPageIsStillAProblem() {
        io.restassured.RestAssured.get("/jobs/a/b").then().statusCode(404);
        io.restassured.RestAssured.get("/system").then().statusCode(200).contentType("text/html");
        assertThat(io.restassured.RestAssured.get("/app/main.js").header("Cache-Control"))
                .isEqualTo("no-cache");
        assertThat(io.restassured.RestAssured.get("/jobs").header("Cache-Control"))
                .isEqualTo("no-cache");
    }
}
