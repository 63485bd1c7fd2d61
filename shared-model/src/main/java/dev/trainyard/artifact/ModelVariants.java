package dev.trainyard.artifact;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cheaper variants of a model, such as 8-bit integers, evaluated when the model was published.
 *
 * @param served file that predictors run instead of the model; null if no variant passed
 * @param heldOut number of held-out images used for the evaluation; 0 if none was evaluated
 * @param tried the measurements of each variant
 * @param skipped reason why none was evaluated; null if some were
 */
public record ModelVariants(
        @Nullable ArtifactRef served,
        int heldOut,
        List<Trial> tried,
        @Nullable String skipped) {

    /**
     * A variant compared with the model in the same run.
     *
     * @param bytes file size
     * @param accuracyLost loss of accuracy, 0 to 1; negative if the variant is more accurate; null if not measured
     *     because the variant is not faster
     * @param agreement share of images with the same result for the client; null under the same condition as the
     *     accuracy
     * @param speedupOne time of the model divided by time of the variant, one image per run
     * @param speedupBatch the same for 32 images per run
     * @param refused reason why it is not served; null if it passed
     */
    public record Trial(
            String variant,
            long bytes,
            @Nullable Double accuracyLost,
            @Nullable Double agreement,
            double speedupOne,
            double speedupBatch,
            @Nullable String refused) {}

    /** Returns a result without variants, with the reason. */
    public static ModelVariants skipped(String why) {
        return new ModelVariants(null, 0, List.of(), why);
    }
}
