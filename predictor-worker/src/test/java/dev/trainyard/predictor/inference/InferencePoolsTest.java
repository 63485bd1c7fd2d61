package dev.trainyard.predictor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.image.PngFile;
import dev.trainyard.image.testing.PngBuilder;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Outcome;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Rejected;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.message.RequestedOutput;
import dev.trainyard.predictor.OnnxModels;
import dev.trainyard.predictor.TestImages;
import dev.trainyard.predictor.TestModels;
import dev.trainyard.predictor.request.PredictRequest;
import dev.trainyard.predictor.runtime.PredictorMetrics;
import dev.trainyard.predictor.runtime.PredictorSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InferencePoolsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final byte[] LARGE =
            PngBuilder.grey(500, 500, new byte[250_000]).build();

    private static final byte[] HUGE =
            PngBuilder.grey(2000, 2000, new byte[4_000_000]).build();

    private final TestModels models = new TestModels();
    private final Map<PredictRequest, Outcome> outcomes = new ConcurrentHashMap<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final CountDownLatch hold = new CountDownLatch(1);
    private InferencePools pools;

    @BeforeEach
    void serveAModel() {
        models.activate("M", 1, OnnxModels.thatFindsTheBrightOfTheFirstTenPixels());
    }

    @AfterEach
    void close() throws Exception {
        hold.countDown();
        pools.close();
        models.close();
    }

    @Test
    void aLargeImageDelaysNoOtherRequest() throws Exception {
        pools = pools(1, 10, Duration.ofSeconds(30));
        PredictRequest large = request(LARGE, RequestedOutput.PREDICTION);
        PredictRequest small = request(TestImages.withBrightPixel(4), RequestedOutput.PREDICTION);
        PredictRequest explained = request(TestImages.withBrightPixel(4), RequestedOutput.EXPLANATION);

        answer(List.of(large, explained, small), heldFor(large));

        assertThat(((Answered) outcomes.get(small)).prediction()).isEqualTo(4);
        assertThat(outcomes).doesNotContainKeys(large, explained);
        assertThat(pending).as("not to be committed yet").hasValue(2);
        hold.countDown();
        pools.drain();
        assertThat(outcomes).containsKeys(large, explained);
        assertThat(pending).hasValue(0);
    }

    @Test
    void hugeImagesDelayOnlyTheirOwnClients() throws Exception {
        pools = pools(1, 1, Duration.ofSeconds(30));
        PredictRequest huge = request(HUGE, RequestedOutput.PREDICTION);
        PredictRequest large = request(LARGE, RequestedOutput.PREDICTION);
        BiConsumer<PredictRequest, Outcome> replies = heldFor(huge);
        answer(
                List.of(huge, request(HUGE, RequestedOutput.PREDICTION), request(HUGE, RequestedOutput.PREDICTION)),
                replies);

        answer(List.of(large), replies);

        await().until(() -> outcomes.containsKey(large));
        assertThat(outcomes.get(large)).isInstanceOf(Answered.class);
        assertThat(outcomes).doesNotContainKey(huge);
        hold.countDown();
        pools.drain();
        assertThat(outcomes).containsKey(huge);
        assertThat(pending).hasValue(0);
    }

    @Test
    void requestsAboveTheQueueLimitAreRejectedAsOverload() throws Exception {
        pools = pools(1, 1, Duration.ofSeconds(30));
        PredictRequest first = request(LARGE, RequestedOutput.PREDICTION);
        List<PredictRequest> others = List.of(
                request(LARGE, RequestedOutput.PREDICTION),
                request(LARGE, RequestedOutput.PREDICTION),
                request(LARGE, RequestedOutput.PREDICTION));

        answer(List.of(first), heldFor(first));
        answer(others, heldFor(first));

        // one is in progress, one waits
        assertThat(outcomes.values()).hasSize(2).allSatisfy(outcome -> assertThat(((Unavailable) outcome).reason())
                .isEqualTo(Reason.OVERLOADED));
        hold.countDown();
        pools.drain();
        assertThat(outcomes).hasSize(4);
        assertThat(pending).hasValue(0);
    }

    /** The bytes of waiting images are limited, whatever their number. */
    @Test
    void imagesAboveTheByteLimitAreRejected() throws Exception {
        pools = pools(1, 100, Duration.ofSeconds(30));
        // blocks the pool for large images, or they would be processed
        PredictRequest first = request(HUGE, RequestedOutput.PREDICTION);
        byte[] largest = new byte[PngFile.MAX_BYTES];
        List<PredictRequest> others = IntStream.range(0, 13)
                .mapToObj(i -> request(largest, RequestedOutput.PREDICTION))
                .toList();

        answer(List.of(first), heldFor(first));
        answer(others, heldFor(first));

        // 12 × 5 MiB fit into 64 MiB
        assertThat(outcomes).containsOnlyKeys(others.get(12));
        assertThat(((Unavailable) outcomes.get(others.get(12))).reason()).isEqualTo(Reason.OVERLOADED);
        hold.countDown();
        pools.drain();
        assertThat(outcomes).hasSize(14);
        assertThat(pending).hasValue(0);
    }

    @Test
    void anExpiredLargeImageIsDroppedAndSettled() throws Exception {
        pools = pools(1, 10, Duration.ofSeconds(30));
        PredictRequest expired =
                new PredictRequest(UUID.randomUUID(), "M", NOW.minusMillis(1), 0, RequestedOutput.PREDICTION, LARGE);

        answer(List.of(expired), outcomes::put);
        pools.drain();

        assertThat(outcomes).isEmpty();
        assertThat(pending).hasValue(0);
    }

    @Test
    void anImageThatTakesTooLongIsRefused() throws Exception {
        pools = pools(1, 10, Duration.ofNanos(1));
        PredictRequest large = request(LARGE, RequestedOutput.PREDICTION);

        answer(List.of(large), outcomes::put);
        await().until(() -> outcomes.containsKey(large));

        assertThat(((Rejected) outcomes.get(large)).message()).contains("takes longer than");
    }

    private void answer(List<PredictRequest> requests, BiConsumer<PredictRequest, Outcome> replies) {
        pools.answer(requests, replies, () -> {
            pending.incrementAndGet();
            return pending::decrementAndGet;
        });
    }

    /** Blocks the thread that processes {@code held} until the test releases it. */
    private BiConsumer<PredictRequest, Outcome> heldFor(PredictRequest held) {
        return (request, outcome) -> {
            if (request == held) {
                try {
                    hold.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            assertThat(outcomes.put(request, outcome))
                    .as("one outcome for each")
                    .isNull();
        };
    }

    private InferencePools pools(int threads, int waiting, Duration limit) {
        PredictorSettings.Decode settings = new PredictorSettings.Decode() {
            @Override
            public OptionalInt threads() {
                return OptionalInt.of(threads);
            }

            @Override
            public int waiting() {
                return waiting;
            }

            @Override
            public Duration limit() {
                return limit;
            }
        };
        return new InferencePools(
                models.served,
                Clock.fixed(NOW, ZoneOffset.UTC),
                new PredictorMetrics(new SimpleMeterRegistry()),
                settings);
    }

    private static PredictRequest request(byte[] png, RequestedOutput want) {
        return new PredictRequest(UUID.randomUUID(), "M", NOW, 0, want, png);
    }
}
