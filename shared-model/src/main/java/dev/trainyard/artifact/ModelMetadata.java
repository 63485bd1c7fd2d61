package dev.trainyard.artifact;

import dev.trainyard.job.TrainingConfig;
import dev.trainyard.job.TrainingResult;
import dev.trainyard.trust.TrustPack;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Where a model comes from, kept as JSON beside its ONNX file.
 *
 * @param v version of this record's form
 * @param datasetSha256 digest of the TFRecord shards that were trained and tested on
 * @param engine name and version of what trained it, such as {@code dl4j 1.0.0-M2.1}
 * @param inputShape of one image: channels, height, width
 * @param classes number of probabilities per image
 * @param weightsSha256 digest of the engine's parameter vector, little-endian float32
 * @param exportDifference largest absolute difference of any probability between engine and ONNX Runtime
 * @param jobKey the job, null for the model that is bundled
 * @param trust what was fitted for calibrated answers and outliers; null if nothing could be
 * @param trustMissing why there is no trust pack; null if there is one, or the model is older than they are
 * @param variants cheaper forms that were tried; null if the model is older than that
 * @param confusion what it took the test images for; null if the model is older than that
 */
public record ModelMetadata(
        int v,
        String model,
        UUID jobKey,
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
        TrustPack trust,
        String trustMissing,
        ModelVariants variants,
        ConfusionMatrix confusion) {
    public static final int VERSION = 1;

    /** Of a model whose mistakes nobody looked at. */
    public ModelMetadata(
            int v,
            String model,
            UUID jobKey,
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
            TrustPack trust,
            String trustMissing,
            ModelVariants variants) {
        this(
                v,
                model,
                jobKey,
                attempt,
                config,
                datasetSha256,
                engine,
                inputShape,
                classes,
                parameters,
                metrics,
                weightsSha256,
                exportDifference,
                createdAt,
                trust,
                trustMissing,
                variants,
                null);
    }

    /** Of a model of which no variants were tried. */
    public ModelMetadata(
            int v,
            String model,
            UUID jobKey,
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
            TrustPack trust,
            String trustMissing) {
        this(
                v,
                model,
                jobKey,
                attempt,
                config,
                datasetSha256,
                engine,
                inputShape,
                classes,
                parameters,
                metrics,
                weightsSha256,
                exportDifference,
                createdAt,
                trust,
                trustMissing,
                null);
    }

    /** The same as of {@code time}: clients are told times by the database's clock, never by a worker's. */
    public ModelMetadata at(Instant time) {
        return copy(time, variants, confusion);
    }

    /** The same of a model of which these forms were tried. */
    public ModelMetadata with(ModelVariants tried) {
        return copy(createdAt, tried, confusion);
    }

    /** The same of a model that mixes up what {@code found} says. */
    public ModelMetadata with(ConfusionMatrix found) {
        return copy(createdAt, variants, found);
    }

    private ModelMetadata copy(Instant created, ModelVariants tried, ConfusionMatrix mistakes) {
        return new ModelMetadata(
                v,
                model,
                jobKey,
                attempt,
                config,
                datasetSha256,
                engine,
                inputShape,
                classes,
                parameters,
                metrics,
                weightsSha256,
                exportDifference,
                created,
                trust,
                trustMissing,
                tried,
                mistakes);
    }
}
