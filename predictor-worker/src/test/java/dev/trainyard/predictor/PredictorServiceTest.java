package dev.trainyard.predictor;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictorStatus;
import dev.trainyard.message.Topics;
import dev.trainyard.predictor.runtime.PredictorSettings;
import dev.trainyard.standalone.testing.BrokerResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
class PredictorServiceTest {
    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @Inject
    PredictorSettings settings;

    @Test
    void theServiceBecomesReadyWithoutAnyModelAndStaysLive() {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> when().get("/q/health/ready").then().statusCode(200));
        when().get("/q/health/live").then().statusCode(200).body("status", equalTo("UP"));
    }

    @Test
    void aPredictionIsCountedWithItsVersion() throws Exception {
        byte[] onnx = OnnxModels.thatAlwaysAnswers(4);
        try (TestGateway gateway = new TestGateway(kafka)) {
            gateway.activate(
                    "DigitModel",
                    12,
                    new FileArtifactStore(settings.artifacts().dir()).write("bundled/model.onnx", onnx));
            await().until(() ->
                    TestGateway.answer(gateway.ask("DigitModel", TestImages.withBrightPixel(0))) instanceof Answered);
        }
        assertThat(get("/q/metrics").asString())
                .contains("trainyard_predictions_total{outcome=\"answered\"}")
                .contains("trainyard_model_version{model=\"DigitModel\"} 12.0")
                .contains("trainyard_predict_inference_seconds_count")
                .contains("trainyard_predict_batch_size_count");
    }

    @Test
    void aVersionThatCannotBeLoadedIsReportedOnItsTopic() throws Exception {
        FileArtifactStore artifacts = new FileArtifactStore(settings.artifacts().dir());
        ArtifactRef missing = artifacts.write("missing/model.onnx", OnnxModels.thatAlwaysAnswers(5));
        Files.delete(settings.artifacts().dir().resolve("missing/model.onnx"));
        try (TestGateway gateway = new TestGateway(kafka)) {
            gateway.activate("DigitModel", 13, missing);
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(gateway.all(Topics.PREDICTOR_STATUS))
                    .last()
                    .satisfies(report -> {
                        PredictorStatus status = PredictorStatus.read(report.value());
                        assertThat(new String(report.key(), StandardCharsets.UTF_8))
                                .isEqualTo(status.predictor());
                        assertThat(status.problems())
                                .extracting(PredictorStatus.Problem::version, PredictorStatus.Problem::code)
                                .contains(tuple(13, "file_missing"));
                    }));
        }
    }
}
