package dev.trainyard.gateway.drift;

import dev.trainyard.gateway.models.ModelName;
import dev.trainyard.gateway.models.ModelQueries;
import dev.trainyard.trust.ReferenceHistograms;
import dev.trainyard.trust.TrustPack;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Effect sizes of the last full window of each version that serves images, for alerts. */
@Singleton
public final class DriftMetrics {
    /** A version that has served no image for longer has no figures. */
    private static final Duration SERVING = Duration.ofDays(1);

    private final DriftWindows windows;
    private final ModelQueries models;
    private final MultiGauge effects;

    DriftMetrics(DriftWindows windows, ModelQueries models, MeterRegistry metrics) {
        this.windows = windows;
        this.models = models;
        this.effects = MultiGauge.builder("trainyard.model.drift.effect").register(metrics);
    }

    /** Reads the figures again. */
    public void refresh() {
        List<MultiGauge.Row<?>> rows = windows.lastClosed(SERVING).stream()
                .flatMap(window ->
                        pack(window.of()).map(pack -> rows(pack, window)).orElse(Stream.empty()))
                .toList();
        effects.register(rows, true);
    }

    private Optional<TrustPack> pack(VersionKey key) {
        return models.find(key.name(), key.version()).map(DriftMetrics::pack);
    }

    private static @Nullable TrustPack pack(ModelQueries.Version version) {
        return version.metadata().trust();
    }

    private static Stream<MultiGauge.Row<?>> rows(TrustPack pack, DriftWindows.Window window) {
        VersionKey key = window.of();
        ReferenceHistograms reference = pack.reference();
        if (reference == null) {
            return Stream.empty();
        }
        return DriftComparison.compare(reference, pack.outliers().acceptance(), window).stream()
                .map(result -> MultiGauge.Row.of(
                        Tags.of(
                                "project",
                                ModelName.project(key.name()),
                                "model",
                                Objects.requireNonNull(ModelName.plain(key.name())),
                                "version",
                                String.valueOf(key.version()),
                                "feature",
                                result.feature().name().toLowerCase(Locale.ROOT)),
                        result.effectSize()));
    }
}
