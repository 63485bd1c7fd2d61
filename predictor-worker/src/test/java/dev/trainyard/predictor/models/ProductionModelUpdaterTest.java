package dev.trainyard.predictor.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.message.ModelActivation;
import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.message.Versioned;
import dev.trainyard.predictor.ManualClock;
import dev.trainyard.predictor.OnnxModels;
import dev.trainyard.predictor.crash.NativeCallGuard;
import dev.trainyard.predictor.crash.QuarantinedModels;
import dev.trainyard.predictor.runtime.PredictorMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProductionModelUpdaterTest {
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final MemoryStore store = new MemoryStore();
    private final ManualClock clock = new ManualClock();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final PredictorMetrics metrics = new PredictorMetrics(meters);
    private final QuarantinedModels quarantine = new QuarantinedModels(Clock.systemUTC());
    private final ServedModels served =
            new ServedModels(64L << 20, Set.of("M"), store, quarantine, NativeCallGuard.unrecorded(), clock, metrics);
    private final ProductionModelUpdater updates = new ProductionModelUpdater(served, clock, metrics);

    @AfterEach
    void close() {
        served.close();
    }

    @Test
    void theLastActivationIsServedAndItsVersionReported() throws Exception {
        updates.activate(activation(1, store.write("1", OnnxModels.thatAlwaysAnswers(1))));
        updates.activate(activation(2, store.write("2", OnnxModels.thatAlwaysAnswers(2))));

        assertThat(updates.load(LONGEST)).isEqualTo(LONGEST);

        assertThat(served.version("M")).isEqualTo(2);
        assertThat(store.reads).as("the superseded version is not read").isEqualTo(1);
        assertThat(meters.get("trainyard.model.version").gauge().value()).isEqualTo(2);
    }

    @Test
    void aPassingVariantIsRunInPlaceOfTheModel() throws Exception {
        ArtifactRef model = store.write("1", OnnxModels.thatAlwaysAnswers(1));
        ArtifactRef variant = store.write("1.int8", OnnxModels.thatAlwaysAnswers(7));
        updates.activate(new ModelActivation(Versioned.CURRENT, 1L, "M", 1, model, variant, Instant.EPOCH));
        updates.load(LONGEST);

        try (ModelLookup.Ready ready = (ModelLookup.Ready) served.find("M", null)) {
            assertThat(ready.model().run(LoadedModel.imageBuffer(1), 1)[7]).isGreaterThan(0.9f);
        }
    }

    @Test
    void aVariantThatCannotBeLoadedIsReplacedByTheModel() throws Exception {
        ArtifactRef model = store.write("1", OnnxModels.thatAlwaysAnswers(1));
        for (ArtifactRef variant :
                List.of(new ArtifactRef("gone", "of gone", 9), store.write("1.int8", new byte[] {1, 2, 3}))) {
            updates.activate(new ModelActivation(Versioned.CURRENT, 1L, "M", 1, model, variant, Instant.EPOCH));
            updates.load(LONGEST);

            try (ModelLookup.Ready ready = (ModelLookup.Ready) served.find("M", null)) {
                assertThat(ready.model().run(LoadedModel.imageBuffer(1), 1)[1]).isGreaterThan(0.9f);
            }
        }
    }

    @Test
    void aQuarantinedVariantIsReplacedByTheModel() throws Exception {
        ArtifactRef model = store.write("1", OnnxModels.thatAlwaysAnswers(1));
        ArtifactRef variant = store.write("1.int8", OnnxModels.thatAlwaysAnswers(7));
        quarantine.add(
                new ModelQuarantine(1, variant.sha256(), "M", 1, "predictor-9", "SIGSEGV", "load", Instant.EPOCH));
        updates.activate(new ModelActivation(Versioned.CURRENT, 1L, "M", 1, model, variant, Instant.EPOCH));
        updates.load(LONGEST);

        try (ModelLookup.Ready ready = (ModelLookup.Ready) served.find("M", null)) {
            assertThat(ready.model().run(LoadedModel.imageBuffer(1), 1)[1]).isGreaterThan(0.9f);
        }
    }

    @Test
    void aRollbackToAnOlderVersionIsServed() throws Exception {
        ArtifactRef first = store.write("1", OnnxModels.thatAlwaysAnswers(1));
        updates.activate(activation(2, store.write("2", OnnxModels.thatAlwaysAnswers(2))));
        updates.load(LONGEST);

        updates.activate(activation(1, first));
        updates.load(LONGEST);
        assertThat(served.version("M")).isEqualTo(1);

        int reads = store.reads;
        updates.activate(activation(2, new ArtifactRef("2", "of 2", store.files.get("2").length)));
        updates.load(LONGEST);
        assertThat(served.version("M")).isEqualTo(2);
        assertThat(store.reads).as("a rollback needs no file").isEqualTo(reads);
    }

    /** A suspended relay may resend records that another relay has sent together with later ones. */
    @Test
    void aLateOlderRecordIsIgnored() throws Exception {
        ModelActivation first = moved(8, 1, store.write("1", OnnxModels.thatAlwaysAnswers(1)));
        ModelActivation second = moved(9, 2, store.write("2", OnnxModels.thatAlwaysAnswers(2)));
        updates.activate(first);
        updates.activate(second);
        updates.load(LONGEST);
        updates.activate(first);
        updates.load(LONGEST);
        assertThat(served.version("M")).isEqualTo(2);

        updates.activate(moved(10, 1, first.onnx()));
        updates.load(LONGEST);
        assertThat(served.version("M")).as("rolled back").isEqualTo(1);
    }

    private static ModelActivation moved(long move, int version, ArtifactRef onnx) {
        return new ModelActivation(Versioned.CURRENT, move, "M", version, onnx, Instant.EPOCH);
    }

    @Test
    void aRepeatedActivationIsLoadedOnce() throws Exception {
        ModelActivation twice = activation(1, store.write("1", OnnxModels.thatAlwaysAnswers(1)));
        updates.activate(twice);
        updates.load(LONGEST);
        updates.activate(twice);
        updates.load(LONGEST);

        assertThat(store.reads).isEqualTo(1);
    }

    @Test
    void aMissingModelIsRetriedWithGrowingDelays() throws Exception {
        ArtifactRef missing = store.write("1", OnnxModels.thatAlwaysAnswers(1));
        byte[] bytes = store.files.remove("1");
        updates.activate(activation(1, missing));

        Duration wait = updates.load(LONGEST);
        assertThat(wait).isEqualTo(ProductionModelUpdater.FIRST_RETRY);
        for (int i = 0; i < 10; i++) {
            assertThat(updates.load(LONGEST)).as("not before it is due").isEqualTo(wait);
            clock.advance(wait);
            Duration longer = updates.load(LONGEST);
            assertThat(longer).isBetween(wait, ProductionModelUpdater.LAST_RETRY);
            wait = longer;
        }
        assertThat(wait).isEqualTo(ProductionModelUpdater.LAST_RETRY);
        assertThat(meters.get("trainyard.model.load.failures").counter().count())
                .isEqualTo(11);

        store.files.put("1", bytes);
        clock.advance(wait);
        updates.load(LONGEST);
        assertThat(served.version("M")).isEqualTo(1);
    }

    @Test
    void aNewerActivationEndsTheRetriesOfAFailingOne() throws Exception {
        updates.activate(activation(1, store.write("1", new byte[] {1, 2, 3})));
        updates.load(LONGEST);

        updates.activate(activation(2, store.write("2", OnnxModels.thatAlwaysAnswers(2))));

        assertThat(updates.load(LONGEST)).isEqualTo(LONGEST);
        assertThat(served.version("M")).isEqualTo(2);
    }

    @Test
    void aRemovalEndsServingAndRetries() throws Exception {
        updates.activate(activation(1, store.write("1", OnnxModels.thatAlwaysAnswers(1))));
        updates.load(LONGEST);
        updates.activate(activation(2, store.write("2", new byte[0])));
        updates.load(LONGEST);

        updates.remove("M");

        assertThat(updates.load(LONGEST)).isEqualTo(LONGEST);
        assertThat(served.version("M")).isZero();
    }

    private static ModelActivation activation(int version, ArtifactRef onnx) {
        return new ModelActivation(Versioned.CURRENT, 0, "M", version, onnx, Instant.EPOCH);
    }

    private static final class MemoryStore implements ArtifactStore {
        private final Map<String, byte[]> files = new HashMap<>();
        private int reads;

        @Override
        public ArtifactRef write(String path, byte[] bytes) {
            files.put(path, bytes);
            return new ArtifactRef(path, "of " + path, bytes.length);
        }

        @Override
        public byte[] read(ArtifactRef ref) throws IOException {
            reads++;
            byte[] bytes = files.get(ref.path());
            if (bytes == null) {
                throw new IOException("no artifact " + ref.path());
            }
            return bytes;
        }

        @Override
        public void delete(String path) {
            files.remove(path);
        }
    }
}
