package dev.trainyard.gateway.predictions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trainyard.message.PredictReply;
import dev.trainyard.message.RequestedOutput;
import dev.trainyard.standalone.testing.TestPlatform;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Limit of pending predictions; no predictor is running. */
class PredictorClientTest {
    private static final PredictionRequest QUESTION =
            PredictionRequest.png(new byte[1], RequestedOutput.PREDICTION, "Unknown", null);

    @Test
    void requestsAboveTheLimitAreRejectedUntilOthersEnd() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (PredictorClient predictions =
                new PredictorClient(TestPlatform.shared().kafka(), Duration.ofSeconds(30), 2, meters)) {
            predictions.start();
            new Thread(predictions, "predict-replies").start();
            CompletableFuture<PredictReply> first = predictions.predict(QUESTION, Duration.ofSeconds(3));
            CompletableFuture<PredictReply> second = predictions.predict(QUESTION, Duration.ofSeconds(30));
            assertThatThrownBy(() -> predictions.predict(QUESTION, Duration.ofSeconds(30)))
                    .isInstanceOf(PredictorClient.PredictorUnavailableException.class)
                    .hasMessageContaining("2 predictions are pending");

            assertThatThrownBy(first::join).hasCauseInstanceOf(TimeoutException.class);
            await().until(() -> meters.get("trainyard.predict.pending").gauge().value() == 1);
            assertThat(predictions.predict(QUESTION, Duration.ofSeconds(30))).isNotDone();
            assertThat(second).isNotDone();
        }
    }
}
