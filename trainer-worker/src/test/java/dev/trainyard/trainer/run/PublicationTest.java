package dev.trainyard.trainer.run;

import static dev.trainyard.trainer.run.TrainJobs.aTrainJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.artifact.ConfusionMatrix;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.artifact.ModelVariants;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.BatchListener;
import dev.trainyard.engine.Digits;
import dev.trainyard.engine.TrainedModel;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainingResult;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.WireJson;
import dev.trainyard.trainer.report.ManualClock;
import dev.trainyard.trainer.variant.DenseModels;
import dev.trainyard.trainer.variant.ModelVariant;
import dev.trainyard.trainer.variant.VariantSelection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Selection of the file that predictors run. */
class PublicationTest {
    private static final byte[] MODEL = DenseModels.model(2, 1);
    private static final byte[] FASTER = DenseModels.model(0, 1);
    private static final byte[] FASTER_AND_WRONG = DenseModels.model(0, -1);

    @TempDir
    Path root;

    private final TrainJob job = aTrainJob().build();
    private UUID token = UUID.randomUUID();
    private FileArtifactStore store;

    @BeforeEach
    void openTheStore() {
        store = new FileArtifactStore(root);
    }

    @Test
    void aPassingVariantIsStoredAndServed() throws Exception {
        Publication published = publish(1_000, List.of(new ModelVariant("int8", FASTER)));

        ModelVariants variants = variants(published);
        assertThat(store.read(variants.served())).isEqualTo(FASTER);
        assertThat(variants.served().path()).endsWith("/model.int8.onnx").contains(job.key() + "/attempt-1-" + token);
        assertThat(variants.heldOut()).isEqualTo(1_000);
        assertThat(variants.tried()).hasSize(1).allSatisfy(trial -> {
            assertThat(trial.variant()).isEqualTo("int8");
            assertThat(trial.refused()).isNull();
            assertThat(trial.speedupOne()).isGreaterThan(1.05);
        });
        assertThat(new String(store.read(published.model())).contains("probabilities"))
                .isTrue();
    }

    @Test
    void aFailingVariantIsNotStoredAndItsFiguresAreReported() throws Exception {
        ModelVariants variants = variants(publish(1_000, List.of(new ModelVariant("int8", FASTER_AND_WRONG))));

        assertThat(variants.served()).isNull();
        assertThat(variants.tried()).hasSize(1).allSatisfy(trial -> assertThat(trial.refused())
                .isNotBlank());
        assertThat(root.resolve("jobs/%s/attempt-1-%s/model.int8.onnx".formatted(job.key(), token)))
                .doesNotExist();
    }

    @Test
    void misclassifiedTestImagesAreStored() throws Exception {
        Publication published = publish(1_000, null);

        ConfusionMatrix confusion = WireJson.mapper()
                .readValue(store.read(published.metadata()), ModelMetadata.class)
                .confusion();
        assertThat(confusion.counts().stream()
                        .flatMap(List::stream)
                        .mapToInt(Integer::intValue)
                        .sum())
                .isEqualTo(1_000);
        assertThat(confusion.examples()).isNotEmpty().allSatisfy(example -> assertThat(example.prediction())
                .isNotEqualTo(example.label()));
        assertThat(confusion.pictures().path()).endsWith("/mistakes.png").contains(job.key() + "/attempt-1-" + token);
        assertThat(store.read(confusion.pictures())).startsWith(0x89, 'P', 'N', 'G');
    }

    @Test
    void aModelWithoutVariantsIsPublishedWithTheReason() throws Exception {
        assertThat(variants(publish(999, List.of(new ModelVariant("int8", FASTER))))
                        .skipped())
                .contains("999 images");
        token = UUID.randomUUID(); // what is written once stays
        ModelVariants none = variants(publish(1_000, null));
        assertThat(none.skipped()).contains("no layer");
        assertThat(none.served()).isNull();
    }

    @Test
    void aFailedVariantDoesNotPreventThePublication() throws Exception {
        ModelVariants none = variants(publish(
                1_000,
                (onnx, training, step) -> {
                    throw new NullPointerException();
                },
                () -> {}));
        assertThat(none.skipped()).contains("NullPointerException");
        assertThat(none.served()).isNull();
    }

    @Test
    void anExceptionOfAStepEndsThePublication() {
        AtomicBoolean stopping = new AtomicBoolean();
        IllegalArgumentException stop = new IllegalArgumentException("stop");
        assertThatThrownBy(() -> publish(
                        1_000,
                        (onnx, training, step) -> {
                            stopping.set(true);
                            try {
                                step.run();
                            } catch (RuntimeException e) {
                                throw new IllegalStateException("wrapped, as some libraries do", e);
                            }
                            return List.of();
                        },
                        () -> {
                            if (stopping.get()) {
                                throw stop;
                            }
                        }))
                .isSameAs(stop);
    }

    private ModelVariants variants(Publication published) throws Exception {
        return WireJson.mapper()
                .readValue(store.read(published.metadata()), ModelMetadata.class)
                .variants();
    }

    /** @param forms null where none can be made */
    private Publication publish(int heldOut, List<ModelVariant> forms) {
        return publish(
                heldOut,
                (onnx, training, step) -> {
                    if (forms == null) {
                        throw new IllegalArgumentException("no layer can compute so");
                    }
                    return forms;
                },
                () -> {});
    }

    private Publication publish(int heldOut, VariantSelection.VariantFactory factory, Runnable step) {
        // few training images, so that no trust pack is fitted, which would take most of the time; and blank
        // ones, for which all variants predict the same, so that a variant evaluated on them would pass
        ImageDataset blank = new ImageDataset(new byte[100 * 784], new byte[100], 28, 28, 1);
        ImageDataset images = Digits.test(heldOut);
        TrainingData data = new TrainingData(blank, images, 10, "digest");
        Score score = new Score(0.5, 0.5);
        RunContext context = new RunContext(
                Engines.only(new FakeEngine()),
                name -> data,
                store,
                (onnx, run, some) -> 0,
                ImportCheck.NONE,
                new ManualClock(),
                Duration.ofDays(1));
        return Publication.of(
                context,
                job,
                token,
                new Publication.Candidate(
                        new Exported(),
                        "test",
                        data,
                        new HoldoutSplit(blank, Optional.empty(), images),
                        new TrainingResult(score, score)),
                factory,
                step);
    }

    /** Only the export of this model is used. */
    private static final class Exported implements TrainedModel {
        @Override
        public long parameters() {
            return 1;
        }

        @Override
        public Score evaluate(ImageDataset images, BatchListener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public float[][] probabilities(ImageDataset images) {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] exportOnnx() {
            return MODEL;
        }

        @Override
        public String weightsSha256() {
            return "w";
        }

        @Override
        public void close() {}
    }
}
