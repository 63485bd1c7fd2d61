package dev.trainyard.predictor;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.predictor.runtime.PredictorSettings;
import dev.trainyard.standalone.testing.BrokerResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
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
    void aPredictionIsCountedAndTheVersionShown() throws Exception {
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
}
