package dev.trainyard.gateway.prediction;

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

/** How many may be on their way to the predictors at once; nobody answers here. */
class PredictionsTest {
    private static final Question QUESTION =
            new Question(Payload.png(new byte[1], RequestedOutput.PREDICTION), "Nobody", null);

    @Test
    void moreThanMayBeOnTheirWayAreTurnedAwayUntilOthersAreOver() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (Predictions predictions =
                new Predictions(TestPlatform.shared().kafka(), Duration.ofSeconds(30), 2, meters)) {
            predictions.start();
            CompletableFuture<PredictReply> first = predictions.ask(QUESTION, Duration.ofMillis(300));
            CompletableFuture<PredictReply> second = predictions.ask(QUESTION, Duration.ofSeconds(30));
            assertThatThrownBy(() -> predictions.ask(QUESTION, Duration.ofSeconds(30)))
                    .isInstanceOf(Predictions.NotAsked.class)
                    .hasMessageContaining("2 predictions are on their way already");

            assertThatThrownBy(first::join).hasCauseInstanceOf(TimeoutException.class);
            await().until(() -> meters.get("trainyard.predict.pending").gauge().value() == 1);
            assertThat(predictions.ask(QUESTION, Duration.ofSeconds(30))).isNotDone();
            assertThat(second).isNotDone();
        }
    }
}
