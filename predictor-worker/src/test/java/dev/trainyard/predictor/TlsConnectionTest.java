package dev.trainyard.predictor;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.Topics;
import dev.trainyard.predictor.runtime.PredictorSettings;
import dev.trainyard.standalone.testing.TlsBrokerResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A predictor on a broker that knows it by its certificate (mTLS), with access rules. */
@QuarkusTest
@Tag("full")
@QuarkusTestResource(
        value = TlsBrokerResource.class,
        initArgs = {@ResourceArg(name = "user", value = "predictor"), @ResourceArg(name = "certificate", value = "true")
        },
        restrictToAnnotatedClass = true)
class TlsConnectionTest {
    @Inject
    Config config;

    @Inject
    PredictorSettings settings;

    @Test
    void aPredictionIsAnsweredAndThePredictorReportsItself() throws Exception {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> when().get("/q/health/ready").then().statusCode(200));
        byte[] onnx = OnnxModels.thatAlwaysAnswers(4);
        try (TestGateway gateway = new TestGateway(TlsBrokerResource.administrator(config))) {
            gateway.activate(
                    "DigitModel", 12, new FileArtifactStore(settings.artifacts().dir()).write("tls/model.onnx", onnx));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> TestGateway.answer(gateway.ask("DigitModel", TestImages.withBrightPixel(0)))
                            instanceof Answered);
            await().atMost(Duration.ofSeconds(30)) // by the SmallRye channel
                    .untilAsserted(() ->
                            assertThat(gateway.all(Topics.PREDICTOR_STATUS)).isNotEmpty());
        }
    }
}
