package dev.trainyard.gateway.drift;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trainyard.gateway.models.ModelName;
import dev.trainyard.gateway.models.ModelQueries;
import dev.trainyard.trust.ReferenceHistograms;
import dev.trainyard.trust.TrustPack;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Drift of the images that a model version has served.
 *
 * @param status of the newest window with enough images
 * @param referenceImages held-out images that the served ones are compared with; null without a reference
 * @param minEffectSize effect size from which a significant difference counts as drift
 * @param windows the newest first; the first one may still be open
 */
@Schema(name = "Drift")
public record DriftView(
        String model,
        int version,
        Status status,
        @Nullable Integer referenceImages,
        double minEffectSize,
        List<Window> windows) {

    /** Result of a comparison. */
    public enum Status {
        @JsonProperty("stable")
        STABLE,
        @JsonProperty("drifted")
        DRIFTED,
        @JsonProperty("too_few_images")
        TOO_FEW_IMAGES,
        /** The version has no trust pack, or one of a release without reference histograms. */
        @JsonProperty("no_reference")
        NO_REFERENCE
    }

    /**
     * Successive served images.
     *
     * @param until null while images are added
     * @param outlierShare share of images that were refused as outliers
     * @param estimatedAccuracy mean calibrated probability of the predictions of accepted images; null if there are none
     */
    @Schema(name = "DriftWindow")
    public record Window(
            Instant from,
            @Nullable Instant until,
            long images,
            double outlierShare,
            @Nullable Double estimatedAccuracy,
            Status status,
            List<Feature> features) {}

    /**
     * One histogram.
     *
     * @param feature {@code predicted_class}, {@code confidence}, {@code outlier_score}, {@code ink} or {@code outlier_share}
     * @param effectSize Cohen's w
     * @param pValue of a chi-squared test, corrected for the number of features
     * @param edges between the bins; empty for classes and the outlier share
     * @param reference share of the held-out images by bin
     * @param served share of the served images by bin
     */
    @Schema(name = "DriftFeature")
    public record Feature(
            String feature,
            boolean drifted,
            double effectSize,
            @JsonProperty("p_value") double pValue,
            double[] edges,
            double[] reference,
            double[] served) {}

    static DriftView of(ModelQueries.Version version, List<DriftWindows.Window> windows, double minEffect) {
        TrustPack pack = version.metadata().trust();
        ReferenceHistograms reference = pack == null ? null : pack.reference();
        List<Window> views = pack == null || reference == null
                ? List.of()
                : windows.stream()
                        .map(window ->
                                DriftWindowView.of(reference, pack.outliers().acceptance(), window, minEffect))
                        .toList();
        return new DriftView(
                ModelName.plain(version.name()),
                version.version(),
                reference == null ? Status.NO_REFERENCE : status(views),
                reference == null ? null : reference.images(),
                minEffect,
                views);
    }

    private static Status status(List<Window> windows) {
        return windows.stream()
                .map(Window::status)
                .filter(status -> status != Status.TOO_FEW_IMAGES)
                .findFirst()
                .orElse(Status.TOO_FEW_IMAGES);
    }
}
