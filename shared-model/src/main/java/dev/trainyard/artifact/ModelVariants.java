package dev.trainyard.artifact;

import java.util.List;

/**
 * Cheaper forms of a model, such as one of 8-bit integers, that were tried when it was published.
 *
 * @param served what predictors run in the model's place; null where no form passed, and then they run the model
 * @param heldOut images that no weight was trained on and that all were judged by; 0 where none was tried
 * @param tried each form with what was measured of it
 * @param skipped why none was tried; null if some were
 */
public record ModelVariants(ArtifactRef served, int heldOut, List<Trial> tried, String skipped) {

    /**
     * A form beside the model itself, in the same run.
     *
     * @param bytes of its file
     * @param accuracyLost of 1; negative where it is right more often; null where it was not looked at, as the form is
     *     not faster
     * @param agreement share of images of which a client hears the same; null like the accuracy
     * @param speedupOne time of the model over that of the form, one image a run
     * @param speedupBatch the same for 32 images a run
     * @param refused why it is not served; null if it passed
     */
    public record Trial(
            String variant,
            long bytes,
            Double accuracyLost,
            Double agreement,
            double speedupOne,
            double speedupBatch,
            String refused) {}

    /** None was tried, and why. */
    public static ModelVariants skipped(String why) {
        return new ModelVariants(null, 0, List.of(), why);
    }
}
