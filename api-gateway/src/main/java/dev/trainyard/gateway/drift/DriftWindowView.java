package dev.trainyard.gateway.drift;

import dev.trainyard.gateway.drift.DriftView.Feature;
import dev.trainyard.gateway.drift.DriftView.Status;
import dev.trainyard.trust.ReferenceHistograms;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Makes the views of windows. */
final class DriftWindowView {
    private DriftWindowView() {}

    static DriftView.Window of(
            ReferenceHistograms reference, double acceptance, DriftWindows.Window window, double minEffect) {
        List<Feature> features = DriftComparison.compare(reference, acceptance, window).stream()
                .map(result -> feature(result, minEffect))
                .toList();
        long accepted = window.images() - window.outliers();
        return new DriftView.Window(
                window.openedAt(),
                window.closedAt(),
                window.images(),
                (double) window.outliers() / window.images(),
                accepted == 0 ? null : window.probability() / accepted,
                status(window.images(), features),
                features);
    }

    private static Status status(long images, List<Feature> features) {
        if (images < DriftComparison.MIN_IMAGES) {
            return Status.TOO_FEW_IMAGES;
        }
        return features.stream().anyMatch(Feature::drifted) ? Status.DRIFTED : Status.STABLE;
    }

    private static Feature feature(DriftComparison.Result result, double minEffect) {
        double held = Arrays.stream(result.reference()).sum();
        double images = Arrays.stream(result.served()).sum();
        return new Feature(
                result.feature().name().toLowerCase(Locale.ROOT),
                images >= DriftComparison.MIN_IMAGES && result.isDrift(minEffect),
                result.effectSize(),
                result.pValue(),
                result.edges(),
                Arrays.stream(result.reference())
                        .mapToDouble(count -> count / held)
                        .toArray(),
                Arrays.stream(result.served())
                        .mapToDouble(count -> count / images)
                        .toArray());
    }
}
