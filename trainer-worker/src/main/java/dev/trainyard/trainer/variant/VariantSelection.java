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

/** The cheaper forms of a model that is to be published, and which of them predictors shall run in its place. */
public final class VariantSelection {
    /** Fewer say too little: one image of them is a tenth of a point. */
    public static final int MIN_HELD_OUT = 1_000;

    /** More training images changed no scale that could be measured. */
    private static final int MAX_CALIBRATION_IMAGES = 1_000;

    /** Several forms of a larger model would not fit beside it in a trainer's memory. */
    public static final int MAX_BYTES = 64 << 20;

    private VariantSelection() {}

    /** Makes forms of a model. */
    public interface VariantFactory {
        /**
         * @param training images to calibrate on
         * @param step runs now and then; what it throws ends the work
         */
        List<ModelVariant> of(byte[] onnx, ImageDataset training, Runnable step) throws OrtException;
    }

    /**
     * What came of it.
     *
     * @param passed the fastest form that passed; empty for none
     */
    public record Selection(Optional<ModelVariant> passed, List<Trial> tried) {}

    /** 8-bit integers, half-precision weights, half precision throughout. */
    public static List<ModelVariant> all(byte[] onnx, ImageDataset training, Runnable step) throws OrtException {
        int count = Math.min(MAX_CALIBRATION_IMAGES, training.size());
        // evenly over all of them, so that no order of theirs matters
        int[] sample = IntStream.range(0, count)
                .map(i -> (int) ((long) i * training.size() / count))
                .toArray();
        return List.of(
                new ModelVariant("int8", Int8Graph.of(onnx, training.select(sample), step)),
                new ModelVariant("fp16", Fp16Graph.of(onnx)),
                new ModelVariant("fp16-weights", Fp16Graph.ofWeights(onnx)));
    }

    /** Measures what {@code factory} make of a model beside it; the arguments are {@link VariantGate#measure}'s. */
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
        for (VariantGate.Measured form : measured.subList(1, measured.size())) {
            Trial trial = form.against(model);
            tried.add(trial);
            if (trial.refused() == null && form.microsOne() < least) {
                least = form.microsOne();
                passed = form.form();
            }
        }
        return new Selection(Optional.ofNullable(passed), tried);
    }
}
