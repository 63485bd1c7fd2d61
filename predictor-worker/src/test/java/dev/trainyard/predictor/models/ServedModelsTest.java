package dev.trainyard.predictor.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictorStatus;
import dev.trainyard.predictor.ManualClock;
import dev.trainyard.predictor.OnnxModels;
import dev.trainyard.predictor.TestModels;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Served models with real sessions of ONNX Runtime. */
class ServedModelsTest {
    /** Memory for two of the test models. */
    private static final long TWO = 2 * LoadedModel.estimate(OnnxModels.thatAlwaysAnswers(1).length) + 1_000;

    private final ManualClock clock = new ManualClock();
    private final TestModels models = new TestModels(TWO, clock);

    @AfterEach
    void close() throws Exception {
        models.close();
    }

    @Test
    void theReplacedModelRunsUntilItsLastUse() throws Exception {
        models.activate("M", 1, OnnxModels.thatAlwaysAnswers(1));
        ModelLookup.Ready first = ready("M", null);
        models.activate("M", 2, OnnxModels.thatAlwaysAnswers(2));
        assertThat(ready("M", null).model().version()).isEqualTo(2);
        models.activate("M", 3, OnnxModels.thatAlwaysAnswers(3));

        assertThat(ready("M", null).model().version()).isEqualTo(3);
        LoadedModel model = first.model();
        assertThat(model.run(LoadedModel.imageBuffer(1), 1)).hasSize(10);
        first.close();
        assertThatThrownBy(() -> model.run(LoadedModel.imageBuffer(1), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aRemovalAffectsOnlyItsModel() {
        models.activate("M", 1, OnnxModels.thatAlwaysAnswers(1));
        models.activate("Other", 7, OnnxModels.thatAlwaysAnswers(0));

        models.deactivate("M");

        assertThat(missing("M", null)).isEqualTo(Reason.NO_ACTIVE_MODEL);
        assertThat(models.served.version("M")).isZero();
        assertThat(models.served.version("Other")).isEqualTo(7);
    }

    @Test
    void anyVersionIsLoadedOnRequestAndOnlyProductionIsNeverEvicted() throws Exception {
        models.activate("M", 1, OnnxModels.thatAlwaysAnswers(1));
        for (int version = 2; version <= 4; version++) {
            models.offer("M", version, OnnxModels.thatAlwaysAnswers(version));
        }
        for (int round = 0; round < 2; round++) {
            for (int version = 2; version <= 4; version++) {
                ModelLookup.Ready loaded = awaited("M", version);
                assertThat(loaded.model().version()).isEqualTo(version);
                loaded.close();
                ready("M", null).close();
            }
        }
        assertThat(ready("M", 1).model())
                .as("production by its number")
                .isSameAs(ready("M", null).model());
        assertThat(gauge("trainyard.models.loaded")).isEqualTo(2);
        assertThat(gauge("trainyard.models.bytes")).isLessThanOrEqualTo(TWO);
        assertThat(models.meters
                        .get("trainyard.models.evictions")
                        .functionCounter()
                        .count())
                .isEqualTo(5);
    }

    @Test
    void aFailedVersionReportsTheReasonAndIsRetriedLater() throws Exception {
        models.offer("M", 2, OnnxModels.thatAlwaysAnswers(2));
        byte[] onnx = OnnxModels.thatAlwaysAnswers(2);
        models.loseFile("M", 2);
        assertThat(settled("M", 2)).isInstanceOf(ModelLookup.NotAvailable.class);
        assertThat(missing("M", 2)).isEqualTo(Reason.MODEL_UNAVAILABLE);

        models.write("M/2", onnx);
        assertThat(missing("M", 2)).as("not before a while").isEqualTo(Reason.MODEL_UNAVAILABLE);
        clock.advance(ModelLoader.FIRST_RETRY);
        awaited("M", 2).close();
    }

    @Test
    void aModelThatDoesNotFitBesideProductionIsRejectedWithTheFigures() throws Exception {
        models.activate("A", 1, OnnxModels.thatAlwaysAnswers(1));
        models.activate("B", 1, OnnxModels.thatAlwaysAnswers(1));
        models.offer("M", 1, OnnxModels.thatAlwaysAnswers(1));

        ModelLookup.NotAvailable refused = (ModelLookup.NotAvailable) settled("M", 1);

        assertThat(refused.why().message()).contains("trainyard.models.memory");
    }

    @Test
    void anUnknownVersionIsAwaitedBriefly() throws Exception {
        ModelLookup.Loading coming = (ModelLookup.Loading) models.served.find("M", 5);
        assertThat(coming.settled()).isNotDone();
        models.offer("M", 5, OnnxModels.thatAlwaysAnswers(5));
        coming.settled().get(20, TimeUnit.SECONDS);
        awaited("M", 5).close();

        assertThat(models.served.find("M", 6)).isInstanceOf(ModelLookup.Loading.class);
        clock.advance(ServedModels.UNKNOWN_LIMIT);
        assertThat(missing("M", 6)).isEqualTo(Reason.UNKNOWN_VERSION);
    }

    @Test
    void aQuarantinedVersionIsRejectedUntilItsRelease() throws Exception {
        byte[] onnx = OnnxModels.thatAlwaysAnswers(1);
        models.activate("M", 1, onnx);
        models.activate("Other", 7, OnnxModels.thatAlwaysAnswers(0));
        ready("M", null).close();
        String sha256 = FileArtifactStore.sha256(onnx);

        models.quarantine.add(new ModelQuarantine(1, sha256, "M", 1, "predictor-9", "SIGFPE", "run", Instant.EPOCH));

        assertThat(gauge("trainyard.models.loaded")).as("it is released").isEqualTo(1);
        for (Integer version : new Integer[] {null, 1}) {
            ModelLookup.NotAvailable refused = (ModelLookup.NotAvailable) models.served.find("M", version);
            assertThat(refused.why().reason()).isEqualTo(Reason.MODEL_UNAVAILABLE);
            assertThat(refused.why().message())
                    .contains("Version 1 of model M is quarantined", "predictor-9", "SIGFPE", "release-quarantine");
        }
        ready("Other", null).close();
        models.activate("M", 2, OnnxModels.thatAlwaysAnswers(2));
        assertThat(ready("M", null).model().version()).as("another version").isEqualTo(2);

        models.deactivate("Other");
        models.offer("M", 1, onnx);
        models.quarantine.release(sha256, clock.instant());
        awaited("M", 1).close();
    }

    @Test
    void aPreloadedModelIsReloadedWhenItsVariantIsQuarantinedOrReleased() throws Exception {
        byte[] variant = OnnxModels.thatAlwaysAnswers(7);
        models.activate("M", 1, OnnxModels.thatAlwaysAnswers(1), variant);
        for (int version = 2; version <= 4; version++) {
            models.offer("X", version, OnnxModels.thatAlwaysAnswers(version));
        }
        String sha256 = FileArtifactStore.sha256(variant);

        models.quarantine.add(new ModelQuarantine(1, sha256, "M", 1, "predictor-9", "SIGFPE", "run", Instant.EPOCH));
        awaitAnswersAndStays(1);

        models.quarantine.release(sha256, clock.instant());
        awaitAnswersAndStays(7);
    }

    /** Applies without requests for the model and while others need its memory. */
    private void awaitAnswersAndStays(int digit) throws Exception {
        await().atMost(Duration.ofMinutes(1)).until(() -> models.served.isServing("M"));
        for (int version = 2; version <= 4; version++) {
            awaited("X", version).close();
        }
        try (ModelLookup.Ready ready = ready("M", null)) {
            assertThat(ready.model().run(LoadedModel.imageBuffer(1), 1)[digit]).isGreaterThan(0.9f);
        }
    }

    @Test
    void aLocallyQuarantinedModelIsReportedAndRetriedAfterAnHour() throws Exception {
        byte[] onnx = OnnxModels.thatAlwaysAnswers(1);
        models.activate("X", 1, onnx);
        models.quarantine.addLocal(new ModelQuarantine(
                1,
                FileArtifactStore.sha256(onnx),
                "X",
                1,
                "predictor-9",
                "no signal, 3 times in 10 minutes",
                "run",
                clock.instant()));
        assertThat(missing("X", null)).isEqualTo(Reason.MODEL_UNAVAILABLE);
        assertThat(models.served.problems()).singleElement().satisfies(problem -> assertThat(problem.detail())
                .contains("predictor-9", "no signal"));
        clock.advance(Duration.ofHours(1));
        awaited("X", null).close();
        assertThat(models.served.problems()).isEmpty();
    }

    @Test
    void aQuarantinedProductionModelIsReportedAsQuarantined() {
        byte[] onnx = OnnxModels.thatAlwaysAnswers(1);
        models.quarantine.add(new ModelQuarantine(
                1, FileArtifactStore.sha256(onnx), "M", 1, "predictor-9", "SIGFPE", "run", Instant.EPOCH));
        models.activate("M", 1, onnx);
        models.activate("NotPreloaded", 1, onnx);
        assertThat(missing("M", null)).isEqualTo(Reason.MODEL_UNAVAILABLE);
        assertThat(missing("NotPreloaded", null)).isEqualTo(Reason.MODEL_UNAVAILABLE);
    }

    @Test
    void modelsOfOtherNamesAreLoadedOnRequestWithinTheMemoryLimit() throws Exception {
        for (int i = 0; i < 6; i++) {
            models.activate("X" + i, 1, OnnxModels.thatAlwaysAnswers(i));
        }
        assertThat(gauge("trainyard.models.loaded")).isZero();
        for (int i = 0; i < 6; i++) {
            awaited("X" + i, null).close();
        }
        assertThat(gauge("trainyard.models.bytes")).isLessThanOrEqualTo(TWO);
        models.offer("X0", 2, OnnxModels.thatAlwaysAnswers(9));
        awaited("X0", 2).close();
    }

    @Test
    void aModelInUseIsReplacedWithoutADelay() throws Exception {
        models.activate("X", 1, OnnxModels.thatAlwaysAnswers(1));
        awaited("X", null).close();
        models.activate("X", 2, OnnxModels.thatAlwaysAnswers(2));
        assertThat(ready("X", null).model().version()).isEqualTo(2);
    }

    @Test
    void aProductionModelWithAMissingFileIsReportedUntilItReturns() throws Exception {
        byte[] onnx = OnnxModels.thatAlwaysAnswers(1);
        models.offer("M", 1, onnx);
        models.loseFile("M", 1);
        for (String name : List.of("M", "NotPreloaded")) {
            models.activateLost(name, 1, onnx);
            ModelLookup.NotAvailable refused = (ModelLookup.NotAvailable) settled(name, null);
            assertThat(refused.why().reason()).isEqualTo(Reason.MODEL_UNAVAILABLE);
            assertThat(refused.why().message())
                    .contains("its file %s/1 is not in the artifact store".formatted(name), "delete the version");
        }
        assertThat(models.served.problems())
                .extracting(problem -> problem.name() + " " + problem.code())
                .containsExactly("M file_missing", "NotPreloaded file_missing");

        models.write("NotPreloaded/1", onnx);
        clock.advance(ModelLoader.LAST_RETRY);
        awaited("NotPreloaded", null).close();
        assertThat(models.served.problems())
                .extracting(PredictorStatus.Problem::name)
                .containsExactly("M");
        clock.advance(ModelProblems.SHOWN.plusSeconds(1));
        assertThat(models.served.problems()).as("it was not tried since").isEmpty();
    }

    @Test
    void aTooLargeModelIsRejectedWithTheSettingToRaise() throws Exception {
        models.activate("X", 1, new byte[(int) TWO]);
        ModelLookup.NotAvailable refused = (ModelLookup.NotAvailable) settled("X", null);
        assertThat(refused.why().message()).contains("trainyard.models.memory", "Raise it");
        assertThat(models.served.problems())
                .extracting(PredictorStatus.Problem::code)
                .containsExactly("no_memory");
        models.activate("M", 1, OnnxModels.thatAlwaysAnswers(1));
        ready("M", null).close();
    }

    @Test
    void aDeletedVersionIsUnloaded() throws Exception {
        models.offer("M", 2, OnnxModels.thatAlwaysAnswers(2));
        awaited("M", 2).close();

        models.withdraw("M", 2);

        assertThat(gauge("trainyard.models.loaded")).isZero();
        assertThat(models.served.find("M", 2)).isInstanceOf(ModelLookup.Loading.class);
        clock.advance(ServedModels.UNKNOWN_LIMIT);
        assertThat(missing("M", 2)).isEqualTo(Reason.UNKNOWN_VERSION);
    }

    @Test
    void versionsWithAnAliasArePreloadedUnlessTheyWereDeleted() throws Exception {
        models.sayWarm("M", 2, OnnxModels.thatAlwaysAnswers(2));
        models.sayWarm("M", 3, OnnxModels.thatAlwaysAnswers(3));
        models.withdraw("M", 3);
        assertThat(gauge("trainyard.models.loaded"))
                .as("not before the topic was read")
                .isZero();

        models.reachEndOfTopic();
        awaited("M", 2).close();

        assertThat(gauge("trainyard.models.loaded")).isEqualTo(1);
    }

    @Test
    void aLoadedVersionIsPromotedWithoutReadingItsFile() throws Exception {
        models.offer("M", 2, OnnxModels.thatAlwaysAnswers(2));
        ModelLookup.Ready asked = awaited("M", 2);

        models.activate("M", 2, OnnxModels.thatAlwaysAnswers(2));

        assertThat(ready("M", null).model()).isSameAs(asked.model());
    }

    @Test
    void replacementsUnderLoadFailNoRequest() throws Exception {
        models.activate("M", 0, OnnxModels.thatAlwaysAnswers(0));
        AtomicInteger answers = new AtomicInteger();
        List<Object> wrong = new ArrayList<>();
        Thread asking = new Thread(() -> {
            var images = LoadedModel.imageBuffer(1);
            try {
                while (models.served.version("M") < 30) {
                    try (ModelLookup.Ready ready = ready("M", null)) {
                        float[] said = ready.model().run(images, 1);
                        if (said[ready.model().version() % 10] < 0.9f) {
                            wrong.add(ready.model().version());
                        }
                        answers.incrementAndGet();
                    }
                }
            } catch (Exception e) {
                wrong.add(e);
            }
        });
        asking.start();
        for (int version = 1; version <= 30; version++) {
            models.activate("M", version, OnnxModels.thatAlwaysAnswers(version % 10));
        }
        asking.join();

        assertThat(wrong).isEmpty();
        assertThat(answers.get()).isPositive();
        assertThat(gauge("trainyard.models.loaded")).isEqualTo(2);
    }

    private ModelLookup.Ready ready(String name, Integer version) {
        return (ModelLookup.Ready) models.served.find(name, version);
    }

    private Reason missing(String name, Integer version) {
        return ((ModelLookup.NotAvailable) models.served.find(name, version))
                .why()
                .reason();
    }

    private ModelLookup settled(String name, Integer version) throws Exception {
        ModelLookup found = models.served.find(name, version);
        while (found instanceof ModelLookup.Loading coming) {
            coming.settled().get(20, TimeUnit.SECONDS);
            found = models.served.find(name, version);
        }
        return found;
    }

    private ModelLookup.Ready awaited(String name, Integer version) throws Exception {
        return (ModelLookup.Ready) settled(name, version);
    }

    private double gauge(String name) {
        return models.meters.get(name).gauge().value();
    }
}
