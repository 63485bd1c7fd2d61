package dev.trainyard.gateway.drift;

import dev.trainyard.gateway.models.ModelName;
import dev.trainyard.gateway.models.ModelQueries;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.trust.ReferenceHistograms;
import dev.trainyard.trust.TrustPack;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Effect sizes of the last full window of each version that serves images, for alerts. */
@Singleton
public final class DriftMetrics {
    /** A version that has served no image for longer has no figures. */
    private static final Duration SERVING = Duration.ofDays(1);

    private final DriftWindows windows;
    private final ModelQueries models;
    private final MultiGauge effects;
    private final double minEffect;
    private final AtomicInteger drifted = new AtomicInteger();

    DriftMetrics(DriftWindows windows, ModelQueries models, GatewaySettings settings, MeterRegistry metrics) {
        this.windows = windows;
        this.models = models;
        this.minEffect = settings.drift().effectSize();
        this.effects = MultiGauge.builder("trainyard.model.drift.effect").register(metrics);
        metrics.gauge("trainyard.models.drifted", drifted);
    }

    /** Reads the figures again. */
    public void refresh() {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        int found = 0;
        for (DriftWindows.Window window : windows.lastClosed(SERVING)) {
            List<DriftComparison.Result> results =
                    pack(window.of()).map(pack -> compare(pack, window)).orElse(List.of());
            results.forEach(result -> rows.add(row(window.of(), result)));
            if (results.stream().anyMatch(result -> result.isDrift(minEffect))) {
                found++;
            }
        }
        effects.register(rows, true);
        drifted.set(found);
    }

    private Optional<TrustPack> pack(VersionKey key) {
        return models.find(key.name(), key.version()).map(DriftMetrics::pack);
    }

    private static @Nullable TrustPack pack(ModelQueries.Version version) {
        return version.metadata().trust();
    }

    private static List<DriftComparison.Result> compare(TrustPack pack, DriftWindows.Window window) {
        ReferenceHistograms reference = pack.reference();
        return reference == null
                ? List.of()
                : DriftComparison.compare(reference, pack.outliers().acceptance(), window);
    }

    private static MultiGauge.Row<?> row(VersionKey key, DriftComparison.Result result) {
        return MultiGauge.Row.of(
                Tags.of(
                        "project",
                        ModelName.project(key.name()),
                        "model",
                        Objects.requireNonNull(ModelName.plain(key.name())),
                        "version",
                        String.valueOf(key.version()),
                        "feature",
                        result.feature().name().toLowerCase(Locale.ROOT)),
                result.effectSize());
    }
}
