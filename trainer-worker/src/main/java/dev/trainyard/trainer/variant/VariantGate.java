package dev.trainyard.trainer.variant;

import ai.onnxruntime.OrtException;
import dev.trainyard.artifact.ModelVariants.Trial;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.trust.TrustPack;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares variants with the model itself on the same images at the same time. */
public final class VariantGate {
    /** Largest accepted loss of accuracy, 0 to 1. */
    public static final double MAX_LOST = 0.001;

    public static final double MIN_AGREEMENT = 0.998;
    /** Smaller differences occur between two measurements of the same model. */
    public static final double MIN_SPEEDUP = 1.05;

    /** Images per run: for a single client, and for many at once. */
    public static final int ONE = 1;

    public static final int BATCH = 32;

    private VariantGate() {}

    /**
     * Measurements of one variant.
     *
     * @param accuracy null if not measured, because the variant is not faster, or of the model because none is
     * @param agreement share of images with the same result as the model; null if not measured
     * @param microsOne median time of a run of one image, in microseconds
     * @param microsBatch the same for {@link #BATCH} images
     */
    public record Measured(
            ModelVariant variant,
            @Nullable Double accuracy,
            @Nullable Double agreement,
            double microsOne,
            double microsBatch) {

        /** Compares this variant with {@code model} and decides if it may replace it. */
        public Trial against(Measured model) {
            Double lost = accuracy == null || model.accuracy == null ? null : Double.valueOf(model.accuracy - accuracy);
            double one = model.microsOne / microsOne;
            double batch = model.microsBatch / microsBatch;
            return new Trial(
                    variant.name(),
                    variant.onnx().length,
                    lost,
                    agreement,
                    one,
                    batch,
                    refusal(lost, agreement, one, batch));
        }
    }

    /** Reason why a variant may not be served; null if it may. NaN is refused. */
    static @Nullable String refusal(
            @Nullable Double lost, @Nullable Double agreement, double speedupOne, double speedupBatch) {
        if (!isFaster(speedupOne, speedupBatch)) {
            return text(
                    "it is %.2f times as fast as the model for one image and %.2f times for %d; at least %.2f is required for both",
                    speedupOne, speedupBatch, BATCH, MIN_SPEEDUP);
        }
        if (lost == null || agreement == null) {
            return "its predictions were not measured";
        }
        if (!(lost <= MAX_LOST)) {
            return text("it loses %.2f points of accuracy; at most %.2f is allowed", 100 * lost, 100 * MAX_LOST);
        }
        if (!(agreement >= MIN_AGREEMENT)) {
            return text(
                    "it agrees with the model on %.2f %% of the images; at least %.1f %% is required",
                    100 * agreement, 100 * MIN_AGREEMENT);
        }
        return null;
    }

    private static boolean isFaster(double speedupOne, double speedupBatch) {
        return speedupOne >= MIN_SPEEDUP && speedupBatch >= MIN_SPEEDUP;
    }

    /**
     * Measures the model and {@code others}.
     *
     * @param images images not used for training, at least {@link #BATCH}
     * @param all true to measure also variants that are not faster, and all as exactly as possible
     * @param trust trust pack of the model; empty if it has none
     * @param step called every few hundred images; an exception ends the work
     * @return measurements of the model, then of the others in their order
     * @throws OrtException if one of them cannot be run
     */
    public static List<Measured> measure(
            ModelVariant model,
            List<ModelVariant> others,
            ImageDataset images,
            int classes,
            boolean all,
            Optional<TrustPack> trust,
            Runnable step)
            throws OrtException {
        List<ModelVariant> variants = new ArrayList<>(List.of(model));
        variants.addAll(others);
        List<LoadedVariant> loaded = new ArrayList<>();
        try {
            for (ModelVariant variant : variants) {
                loaded.add(new LoadedVariant(variant, trust.isPresent()));
            }
            double[] one = LatencyBenchmark.micros(loaded, images, ONE, all, step);
            double[] batch = LatencyBenchmark.micros(loaded, images, BATCH, all, step);
            VariantPredictions ofModel = null;
            List<Measured> measured = new ArrayList<>();
            for (int i = 1; i < variants.size(); i++) {
                VariantPredictions answers = null;
                if (all || isFaster(one[0] / one[i], batch[0] / batch[i])) {
                    if (ofModel == null) {
                        ofModel = VariantPredictions.of(loaded.get(0), images, classes, trust, step);
                    }
                    answers = VariantPredictions.of(loaded.get(i), images, classes, trust, step);
                }
                measured.add(measured(variants.get(i), answers, ofModel, images, one[i], batch[i]));
            }
            measured.add(0, measured(model, ofModel, ofModel, images, one[0], batch[0]));
            return measured;
        } finally {
            loaded.forEach(LoadedVariant::close);
        }
    }

    private static Measured measured(
            ModelVariant variant,
            @Nullable VariantPredictions answers,
            @Nullable VariantPredictions ofModel,
            ImageDataset images,
            double one,
            double batch) {
        return answers == null || ofModel == null
                ? new Measured(variant, null, null, one, batch)
                : new Measured(variant, answers.accuracy(images.labels()), answers.agreement(ofModel), one, batch);
    }

    private static String text(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
