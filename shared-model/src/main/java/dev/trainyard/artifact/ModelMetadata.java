package dev.trainyard.artifact;

import dev.trainyard.job.TrainingConfig;
import dev.trainyard.job.TrainingResult;
import dev.trainyard.trust.TrustPack;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Provenance of a model, stored as JSON next to its ONNX file.
 *
 * @param v format version of this record
 * @param datasetSha256 digest of the TFRecord shards used for training and test
 * @param engine name and version of the training engine, such as {@code dl4j 1.0.0-M2.1}
 * @param inputShape shape of one image: channels, height, width
 * @param classes number of probabilities per image
 * @param weightsSha256 digest of the engine's parameter vector, little-endian float32
 * @param exportDifference largest absolute difference in any probability between engine and ONNX Runtime
 * @param jobKey the job; null for the bundled model
 * @param trust parameters for calibration and outlier detection; null if they could not be fitted
 * @param trustMissing reason for a missing trust pack; null if there is one, or in models older than trust packs
 * @param variants cheaper variants that were evaluated; null in models older than variants
 * @param confusion confusion matrix on the test images; null in models older than this field
 */
@RecordBuilder
public record ModelMetadata(
        int v,
        String model,
        @Nullable UUID jobKey,
        int attempt,
        TrainingConfig config,
        String datasetSha256,
        String engine,
        List<Integer> inputShape,
        int classes,
        long parameters,
        TrainingResult metrics,
        String weightsSha256,
        double exportDifference,
        Instant createdAt,
        @Nullable TrustPack trust,
        @Nullable String trustMissing,
        @Nullable ModelVariants variants,
        @Nullable ConfusionMatrix confusion) {
    public static final int VERSION = 1;

    /** Returns a copy created at {@code time}: clients see times of the database's clock, never of a worker's. */
    public ModelMetadata at(Instant time) {
        return ModelMetadataBuilder.builder(this).createdAt(time).build();
    }
}
