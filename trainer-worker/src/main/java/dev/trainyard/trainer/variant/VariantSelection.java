package dev.trainyard.trainer.variant;

import ai.onnxruntime.OrtException;
import dev.trainyard.artifact.ModelVariants.Trial;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.trainer.onnx.Fp16Graph;
import dev.trainyard.trainer.onnx.Int8Graph;
import dev.trainyard.trust.TrustPack;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Creates cheaper variants of a model to be published, and selects the one that predictors run in its place. */
public final class VariantSelection {
    /** Minimum number of held-out images: one of them is a tenth of a percentage point. */
    public static final int MIN_HELD_OUT = 1_000;

    /** More training images made no measurable difference to the scales. */
    private static final int MAX_CALIBRATION_IMAGES = 1_000;

    /** Several variants of a larger model would not fit into a trainer's memory. */
    public static final int MAX_BYTES = 64 << 20;

    private VariantSelection() {}

    /** Creates variants of a model. */
    public interface VariantFactory {
        /**
         * @param training calibration images
         * @param step called regularly; an exception ends the work
         */
        List<ModelVariant> of(byte[] onnx, ImageDataset training, Runnable step) throws OrtException;
    }

    /**
     * Result of the selection.
     *
     * @param passed the fastest variant that passed; empty for none
     */
    public record Selection(Optional<ModelVariant> passed, List<Trial> tried) {}

    /** Creates all variants: 8-bit integers, half-precision weights, half precision throughout. */
    public static List<ModelVariant> all(byte[] onnx, ImageDataset training, Runnable step) throws OrtException {
        int count = Math.min(MAX_CALIBRATION_IMAGES, training.size());
        // evenly spaced, so that the order of the images is irrelevant
        int[] sample = IntStream.range(0, count)
                .map(i -> (int) ((long) i * training.size() / count))
                .toArray();
        return List.of(
                new ModelVariant("int8", Int8Graph.of(onnx, training.select(sample), step)),
                new ModelVariant("fp16", Fp16Graph.of(onnx)),
                new ModelVariant("fp16-weights", Fp16Graph.ofWeights(onnx)));
    }

    /**
     * Measures the variants of {@code factory} against the model; see {@link VariantGate#measure} for the parameters.
     */
    public static Selection choose(
            VariantFactory factory,
            byte[] onnx,
            ImageDataset training,
            ImageDataset heldOut,
            int classes,
            Optional<TrustPack> trust,
            Runnable step)
            throws OrtException {
        List<VariantGate.Measured> measured = VariantGate.measure(
                new ModelVariant("fp32", onnx), factory.of(onnx, training, step), heldOut, classes, false, trust, step);
        VariantGate.Measured model = measured.get(0);
        List<Trial> tried = new ArrayList<>();
        ModelVariant passed = null;
        double least = Double.POSITIVE_INFINITY;
        for (VariantGate.Measured variant : measured.subList(1, measured.size())) {
            Trial trial = variant.against(model);
            tried.add(trial);
            if (trial.refused() == null && variant.microsOne() < least) {
                least = variant.microsOne();
                passed = variant.variant();
            }
        }
        return new Selection(Optional.ofNullable(passed), tried);
    }
}
