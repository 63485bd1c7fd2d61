package dev.trainyard.predictor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.InputImage;
import dev.trainyard.message.PredictReply.Outcome;
import dev.trainyard.message.PredictReply.Rejected;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.message.RequestedOutput;
import dev.trainyard.predictor.OnnxModels;
import dev.trainyard.predictor.TestImages;
import dev.trainyard.predictor.TestModels;
import dev.trainyard.predictor.request.PredictRequest;
import dev.trainyard.predictor.runtime.PredictorMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchInferenceTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final TestModels models = new TestModels();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final BatchInference answerer = new BatchInference(
            models.served,
            Clock.fixed(NOW, ZoneOffset.UTC),
            new PredictorMetrics(meters),
            BatchInference.MAX_RUN,
            Duration.ofSeconds(10));

    @BeforeEach
    void serveAModel() {
        models.activate("M", 1, OnnxModels.thatFindsTheBrightOfTheFirstTenPixels());
    }

    @AfterEach
    void close() throws Exception {
        models.close();
    }

    @Test
    void requestsAboveTheBatchSizeArePredictedInSeveralRuns() {
        List<PredictRequest> requests = new ArrayList<>();
        for (int i = 0; i < 2 * BatchInference.MAX_RUN + 3; i++) {
            requests.add(request("M", TestImages.withBrightPixel(i % 10), NOW));
        }

        Map<PredictRequest, Outcome> outcomes = answer(requests);

        for (int i = 0; i < requests.size(); i++) {
            assertThat(((Answered) outcomes.get(requests.get(i))).prediction()).isEqualTo(i % 10);
        }
        assertThat(meters.get("trainyard.predict.inference").timer().count()).isEqualTo(3);
    }

    @Test
    void aLargeRunAfterASmallOneIsPredicted() {
        answer(List.of(request("M", TestImages.withBrightPixel(0), NOW)));

        List<PredictRequest> larger = List.of(
                request("M", TestImages.withBrightPixel(3), NOW), request("M", TestImages.withBrightPixel(4), NOW));

        assertThat(answer(larger).values()).hasOnlyElementsOfType(Answered.class);
    }

    @Test
    void eachRequestIsPredictedByItsModelOrRejected() {
        models.activate("Nine", 4, OnnxModels.thatAlwaysAnswers(9));
        PredictRequest first = request("M", TestImages.withBrightPixel(2), NOW);
        PredictRequest nine = request("Nine", TestImages.withBrightPixel(2), NOW);
        PredictRequest unknown = request("Unknown", TestImages.withBrightPixel(2), NOW);

        Map<PredictRequest, Outcome> outcomes = answer(List.of(nine, first, unknown));

        assertThat(((Answered) outcomes.get(first)).prediction()).isEqualTo(2);
        assertThat(((Answered) outcomes.get(nine)).prediction()).isEqualTo(9);
        assertThat(((Answered) outcomes.get(nine)).version()).isEqualTo(4);
        assertThat(outcomes.get(unknown)).isInstanceOf(Unavailable.class);
    }

    @Test
    void rejectedAndExpiredRequestsDoNotShiftTheResultsOfOthers() {
        PredictRequest bad = request("M", new byte[] {1, 2, 3}, NOW);
        PredictRequest expired = request("M", TestImages.withBrightPixel(1), NOW.minusMillis(1));
        PredictRequest good = request("M", TestImages.withBrightPixel(7), NOW);

        Map<PredictRequest, Outcome> outcomes = answer(List.of(bad, expired, good));

        assertThat(((Rejected) outcomes.get(bad)).message()).contains("not a PNG");
        assertThat(outcomes).doesNotContainKey(expired);
        assertThat(((Answered) outcomes.get(good)).prediction()).isEqualTo(7);
        assertThat(count("expired")).isEqualTo(1);
        assertThat(count("rejected")).isEqualTo(1);
        assertThat(count("answered")).isEqualTo(1);
    }

    @Test
    void anExpiredPreviewIsNotComputed() {
        PredictRequest expired = preview(NOW.minusMillis(1));
        PredictRequest alive = preview(NOW);

        Map<PredictRequest, Outcome> outcomes = answer(List.of(expired, alive));

        assertThat(outcomes).containsOnlyKeys(alive);
        assertThat(((InputImage) outcomes.get(alive)).image()[4]).isEqualTo((byte) 255);
        assertThat(count("expired")).isEqualTo(1);
    }

    private static PredictRequest preview(Instant deadline) {
        return new PredictRequest(
                UUID.randomUUID(), "M", deadline, 0, RequestedOutput.IMAGE, TestImages.withBrightPixel(4));
    }

    @Test
    void requestsForALoadingModelAreDeferredAndOthersAnswered() {
        models.offer("M", 2, OnnxModels.thatAlwaysAnswers(9));
        PredictRequest warm = request("M", TestImages.withBrightPixel(3), NOW);
        PredictRequest cold = of(2, NOW);
        PredictRequest expired = of(2, NOW.minusMillis(1));
        List<PredictRequest> putOff = new ArrayList<>();
        List<CompletableFuture<Void>> settled = new ArrayList<>();
        Map<PredictRequest, Outcome> outcomes = new HashMap<>();

        answerer.answer(List.of(cold, warm, expired), outcomes::put, (requests, coming) -> {
            putOff.addAll(requests);
            settled.add(coming);
        });

        assertThat(outcomes).containsOnlyKeys(warm);
        assertThat(putOff).containsExactly(cold);
        assertThat(count("expired")).isEqualTo(1);
        settled.get(0).join();
        assertThat(((Answered) answer(putOff).get(cold)).prediction()).isEqualTo(9);
    }

    private static PredictRequest of(int version, Instant deadline) {
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

    @Test
    void tensorsAreUsedUnchangedAndAnInvalidOneIsRejectedAlone() {
        PredictRequest tensor = tensor(TestImages.tensorWithBrightPixel(6));
        PredictRequest image = request("M", TestImages.withBrightPixel(2), NOW);
        PredictRequest tooShort = tensor(new byte[783 * Float.BYTES]);
        byte[] notANumber = TestImages.tensorWithBrightPixel(1);
        ByteBuffer.wrap(notANumber).order(ByteOrder.LITTLE_ENDIAN).putFloat(783 * Float.BYTES, Float.NaN);
        PredictRequest notFinite = tensor(notANumber);
        PredictRequest last = tensor(TestImages.tensorWithBrightPixel(9));

        Map<PredictRequest, Outcome> outcomes = answer(List.of(tensor, tooShort, image, notFinite, last));

        assertThat(((Answered) outcomes.get(tensor)).prediction()).isEqualTo(6);
        assertThat(((Answered) outcomes.get(image)).prediction()).isEqualTo(2);
        assertThat(((Answered) outcomes.get(last)).prediction()).isEqualTo(9);
        assertThat(((Rejected) outcomes.get(tooShort)).message()).contains("3136 bytes");
        assertThat(((Rejected) outcomes.get(notFinite)).message()).contains("Value 783", "NaN");
    }

    private static PredictRequest tensor(byte[] values) {
        return new PredictRequest(
                UUID.randomUUID(),
                "M",
                null,
                NOW,
                0,
                RequestedOutput.PREDICTION,
                PredictRequest.Encoding.FLOAT32,
                values,
                false);
    }

    @Test
    void aModelWithATrustPackReportsPredictionSetsAndOutliers() {
        models.activate("T", 1, OnnxModels.thatTrustsOnlyBrightPixels());
        PredictRequest black = request("T", TestImages.black(), NOW);
        PredictRequest three = request("T", TestImages.withBrightPixel(3), NOW);
        PredictRequest five = request("T", TestImages.withBrightPixel(5), NOW);

        Map<PredictRequest, Outcome> outcomes = answer(List.of(three, black, five));

        Answered answer = (Answered) outcomes.get(three);
        assertThat(answer.prediction()).isEqualTo(3);
        // softmax of a logit of 10 among nine of 0, at temperature 2
        assertThat(answer.probabilities()[3]).isCloseTo(0.9428f, within(1e-4f));
        assertThat(answer.trust().outlier()).isFalse();
        assertThat(answer.trust().score()).isLessThanOrEqualTo(answer.trust().threshold());
        assertThat(answer.trust().threshold()).isEqualTo(2.5);
        assertThat(answer.trust().predictionSet()).contains(3);
        assertThat(((Answered) outcomes.get(five)).prediction()).isEqualTo(5);
        Answered refused = (Answered) outcomes.get(black);
        assertThat(refused.trust().outlier()).isTrue();
        assertThat(refused.trust().predictionSet()).isEmpty();
        assertThat(refused.probabilities()).containsOnly(0.1f);
        assertThat(meters.get("trainyard.predict.outliers").counter().count()).isEqualTo(1);
        assertThat(count("answered")).isEqualTo(3);
    }

    @Test
    void theOutlierScoreUsesTheInkOfEachImage() {
        models.activate("T", 1, OnnxModels.thatTrustsOnlyBrightPixels());
        List<PredictRequest> requests = List.of(
                request("T", TestImages.withBrightPixel(3), NOW),
                request("T", TestImages.withBrightPixelAndSquare(3), NOW),
                request("T", TestImages.withBrightPixel(5), NOW));

        Map<PredictRequest, Outcome> outcomes = answer(requests);

        assertThat(requests)
                .extracting(
                        request -> ((Answered) outcomes.get(request)).trust().outlier())
                .containsExactly(false, true, false);
    }

    @Test
    void aModelWithoutATrustPackRepliesWithoutTrust() {
        PredictRequest black = request("M", TestImages.black(), NOW);

        Answered answer = (Answered) answer(List.of(black)).get(black);

        assertThat(answer.trust()).isNull();
        assertThat(answer.probabilities()).containsOnly(0.1f);
    }

    private Map<PredictRequest, Outcome> answer(List<PredictRequest> requests) {
        Map<PredictRequest, Outcome> outcomes = new HashMap<>();
        answerer.answer(
                requests,
                (request, outcome) -> assertThat(outcomes.put(request, outcome))
                        .as("one outcome for each")
                        .isNull(),
                (waiting, settled) ->
                        assertThat(waiting).as("all models are there").isEmpty());
        return outcomes;
    }

    private double count(String outcome) {
        return meters.get("trainyard.predictions")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private static PredictRequest request(String model, byte[] png, Instant deadline) {
        return new PredictRequest(UUID.randomUUID(), model, deadline, 0, RequestedOutput.PREDICTION, png);
    }
}
