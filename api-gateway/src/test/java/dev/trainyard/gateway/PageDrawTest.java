package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Mouse;
import com.microsoft.playwright.options.BoundingBox;
import dev.trainyard.image.DigitImage;
import dev.trainyard.image.PngException;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.Want;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.net.URL;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Digits drawn on the web page, with a mouse and without; the test plays the predictor. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageDrawTest {
    private static final float[] PROBABILITIES = {0, 0.25f, 0, 0, 0, 0, 0, 0.75f, 0, 0};

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @TestHTTPResource
    URL gateway;

    private static Chromium chromium;
    private PredictorForTests predictor;
    private volatile boolean strange;

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
    void startThePredictor() {
        WebScene.set();
        predictor = new PredictorForTests(kafka, this::answer);
    }

    @AfterEach
    void stopThePredictor() throws Exception {
        predictor.close();
    }

    private PredictReply.Outcome answer(ConsumerRecord<byte[], byte[]> request) {
        if (Want.PICTURE.wireName().equals(PredictorForTests.header(request, PredictHeaders.WANT))) {
            try {
                return new PredictReply.Pictured(DigitImage.decode(request.value()));
            } catch (PngException e) {
                return new PredictReply.Rejected(e.getMessage());
            }
        }
        PredictReply.Trust trust =
                new PredictReply.Trust(strange ? new int[0] : new int[] {7}, strange, strange ? 9 : 1, 2);
        return new PredictReply.Answered("DigitModel", 1, 7, PROBABILITIES, trust);
    }

    @Test
    void aDigitIsRecognisedWhileItIsDrawnAndUndone() {
        try (Visit visit = Visit.of(chromium, gateway.toString()).go("/draw")) {
            BoundingBox sheet = visit.at("canvas").boundingBox();
            Mouse mouse = visit.page.mouse();
            mouse.move(sheet.x + 70, sheet.y + 60);
            mouse.down();
            mouse.move(sheet.x + 220, sheet.y + 60, new Mouse.MoveOptions().setSteps(8));
            visit.sees("#verdict", "It is a 7"); // before the pen is lifted
            mouse.move(sheet.x + 120, sheet.y + 250, new Mouse.MoveOptions().setSteps(8));
            mouse.up();
            visit.at("#seen").waitFor();
            visit.sees(".bars .best", "75.0 %");
            visit.picture("draw-seven");
            visit.at("#undo").click();
            visit.sees("main", "Draw a digit, choose a sample");
        }
    }

    @Test
    void aSampleIsChosenWithTheKeyboardAlone() {
        try (Visit visit = Visit.of(chromium, gateway.toString()).go("/draw")) {
            visit.at("[data-digit='3']").focus();
            visit.page.keyboard().press("Enter");
            visit.sees("#verdict", "It is a 7");
            assertThat(predictor.last().value()).isNotEmpty();
        }
    }

    @Test
    void whatLooksLikeNoDigitIsSaidToBeNone() {
        strange = true;
        try (Visit visit = Visit.of(chromium, gateway.toString()).go("/draw")) {
            visit.at("[data-digit='5']").click();
            visit.sees("#outlier", "looks like no digit").sees("#outlier", "it would be a 7");
        }
    }
}
