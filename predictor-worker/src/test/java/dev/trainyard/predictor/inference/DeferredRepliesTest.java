package dev.trainyard.predictor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Outcome;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.message.RequestedOutput;
import dev.trainyard.predictor.OnnxModels;
import dev.trainyard.predictor.TestImages;
import dev.trainyard.predictor.TestModels;
import dev.trainyard.predictor.request.PredictRequest;
import dev.trainyard.predictor.runtime.PredictorMetrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeferredRepliesTest {
    private final TestModels models = new TestModels();
    private final PredictorMetrics metrics = new PredictorMetrics(models.meters);
    private final Clock clock = Clock.systemUTC();
    private final DeferredReplies deferred = new DeferredReplies(
            new BatchInference(models.served, clock, metrics, 16, Duration.ofSeconds(10))::answer,
            models.served.loadingThread(),
            clock,
            metrics);
    private final Map<PredictRequest, Outcome> outcomes = new ConcurrentHashMap<>();
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void close() throws Exception {
        models.close();
    }

    @Test
    void requestsAreDeferredUntilTheirModelIsLoaded() throws Exception {
        models.offer("M", 3, OnnxModels.thatAlwaysAnswers(3));
        CompletableFuture<Void> settled = new CompletableFuture<>();
        PredictRequest first = request(3, Instant.now().plusSeconds(60));
        deferred.defer(List.of(first), settled, outcomes::put, () -> released::countDown);
        assertThat(released.getCount()).isEqualTo(1);

        settled.complete(null); // and the model is still cold, so it is loaded first

        assertThat(released.await(20, TimeUnit.SECONDS)).isTrue();
        await().until(() -> !outcomes.isEmpty());
        assertThat(((Answered) outcomes.get(first)).prediction()).isEqualTo(3);
    }

    @Test
    void expiredRequestsAreDroppedWithoutTheirModel() throws Exception {
        PredictRequest request = request(3, Instant.now().plusMillis(50));

        deferred.defer(List.of(request), new CompletableFuture<>(), outcomes::put, () -> released::countDown);

        assertThat(released.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(outcomes).isEmpty();
        assertThat(models.meters
                        .get("trainyard.predictions")
                        .tag("outcome", "expired")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void imagesAboveTheWaitingLimitAreRejected() {
        byte[] large = new byte[(int) DeferredReplies.MAX_WAITING / 2 + 1];
        Instant deadline = Instant.now().plusSeconds(60);
        PredictRequest first = new PredictRequest(
                UUID.randomUUID(),
                "M",
                3,
                deadline,
                0,
                RequestedOutput.PREDICTION,
                PredictRequest.Encoding.PNG,
                large,
                false);
        PredictRequest second = new PredictRequest(
                UUID.randomUUID(),
                "M",
                3,
                deadline,
                0,
                RequestedOutput.PREDICTION,
                PredictRequest.Encoding.PNG,
                large,
                false);

        deferred.defer(List.of(first), new CompletableFuture<>(), outcomes::put, () -> released::countDown);
        deferred.defer(List.of(second), new CompletableFuture<>(), outcomes::put, () -> released::countDown);

        assertThat(outcomes).containsOnlyKeys(second);
        assertThat(outcomes.get(second)).isInstanceOf(Unavailable.class);
    }

    private static PredictRequest request(int version, Instant deadline) {
        return new PredictRequest(
                UUID.randomUUID(),
                "M",
                version,
                deadline,
                0,
                RequestedOutput.PREDICTION,
                PredictRequest.Encoding.PNG,
                TestImages.withBrightPixel(0),
                false);
    }
}
