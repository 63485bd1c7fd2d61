package dev.trainyard.gateway.models;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.job.TrainingResult;
import dev.trainyard.message.ModelQuarantine;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A version in responses.
 *
 * @param active true if it is in production
 * @param jobKey of its training; null for the bundled model
 * @param onnxUrl null if the version is deleted
 * @param deletedAt null unless it was deleted
 * @param lineage absent in lists
 * @param metadata absent in lists
 * @param quarantine absent unless it is in quarantine
 */
public record ModelView(
        String name,
        int version,
        boolean active,
        List<String> aliases,
        @Nullable UUID jobKey,
        TrainingResult metrics,
        Instant createdAt,
        @Nullable Instant deletedAt,
        @Nullable String onnxUrl,
        long onnxSize,
        String onnxSha256,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Lineage lineage,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ModelMetadata metadata,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable QuarantineView quarantine) {

    /**
     * A quarantine, because a predictor crashed while it loaded or ran the file.
     *
     * @param cause the signal, or the number of crashes without one
     * @param phase {@code load} or {@code run}
     */
    public record QuarantineView(String predictor, String cause, String phase, Instant at) {
        static QuarantineView of(ModelQuarantine found) {
            return new QuarantineView(found.predictor(), found.cause(), found.phase(), found.at());
        }
    }

    /** Origin of a version: its training, data and configuration. */
    public record Lineage(
            @Nullable UUID jobKey,
            @Nullable String jobUrl,
            int attempt,
            String dataset,
            String datasetSha256,
            String network,
            TrainingConfig config,
            long seed,
            String engine,
            String weightsSha256,
            TrainingResult metrics) {

        static Lineage of(ModelMetadata metadata) {
            return new Lineage(
                    metadata.jobKey(),
                    metadata.jobKey() == null ? null : "/api/v1/train/" + metadata.jobKey(),
                    metadata.attempt(),
                    metadata.config().dataset(),
                    metadata.datasetSha256(),
                    metadata.config().network(),
                    metadata.config(),
                    metadata.config().trainArgs().seed(),
                    metadata.engine(),
                    metadata.weightsSha256(),
                    metadata.metrics());
        }
    }

    /** @param nextCursor position of the next page; null at the end */
    public record Page(List<ModelView> models, @Nullable String nextCursor) {}

    /**
     * One model.
     *
     * @param production number of the version in production
     * @param moves last changes of the aliases, newest first
     * @param models newest versions; the list endpoint has all
     */
    public record ModelDetails(
            String name,
            @Nullable Integer production,
            List<ModelQueries.Pointer> aliases,
            RouteView route,
            List<ModelQueries.Move> moves,
            List<ModelView> models) {}

    /**
     * A route and its comparisons.
     *
     * @param canaryVersion null if the alias canary is not set; production then answers its share
     * @param shadowVersion null if the alias is not set; there are then no shadow requests
     * @param compared number of images that both versions predicted, of all pairs of versions
     * @param disagreed number of those with different predictions
     */
    public record RouteView(
            double canaryShare,
            double shadowShare,
            @Nullable String shadowAlias,
            @Nullable Integer canaryVersion,
            @Nullable Integer shadowVersion,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Long compared,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Long disagreed,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            List<ComparisonView> comparisons) {}

    /**
     * Comparison of two versions on the same images.
     *
     * @param failed number of images that the shadow did not predict
     * @param disagreement share of the compared images; null if there are none
     */
    public record ComparisonView(
            int version,
            int shadowVersion,
            long compared,
            long disagreed,
            long failed,
            @Nullable Double disagreement,
            Instant lastAt) {}

    static ModelView brief(ModelQueries.Version v, PredictorReports reports) {
        return of(v, false, reports);
    }

    static ModelView withMetadata(ModelQueries.Version v, PredictorReports reports) {
        return of(v, true, reports);
    }

    private static ModelView of(ModelQueries.Version v, boolean withMetadata, PredictorReports reports) {
        String name = ModelName.plain(v.name());
        return new ModelView(
                name,
                v.version(),
                v.isActive(),
                v.aliases(),
                v.metadata().jobKey(),
                v.metadata().metrics(),
                v.createdAt(),
                v.deletedAt(),
                v.deletedAt() != null ? null : "/api/v1/models/%s/versions/%d/model.onnx".formatted(name, v.version()),
                v.onnx().size(),
                v.onnx().sha256(),
                withMetadata ? Lineage.of(v.metadata()) : null,
                withMetadata ? v.metadata() : null,
                reports.quarantine(v.onnx().sha256()).map(QuarantineView::of).orElse(null));
    }

    static ModelDetails details(ModelQueries.Model model, PredictorReports reports) {
        return new ModelDetails(
                ModelName.plain(model.name()),
                version(model, Alias.PRODUCTION),
                model.aliases(),
                route(model),
                model.moves(),
                model.versions().stream()
                        .map(version -> brief(version, reports))
                        .toList());
    }

    static RouteView route(ModelQueries.Model model) {
        return route(model, null);
    }

    /** @param comparisons null to omit them */
    static RouteView route(ModelQueries.Model model, @Nullable List<ModelQueries.Comparison> comparisons) {
        Route route = model.route();
        return new RouteView(
                route.canaryShare(),
                route.shadowShare(),
                route.shadowAlias(),
                version(model, Alias.CANARY),
                version(model, route.shadowAlias()),
                comparisons == null
                        ? null
                        : comparisons.stream()
                                .mapToLong(ModelQueries.Comparison::compared)
                                .sum(),
                comparisons == null
                        ? null
                        : comparisons.stream()
                                .mapToLong(ModelQueries.Comparison::disagreed)
                                .sum(),
                comparisons == null
                        ? null
                        : comparisons.stream().map(ModelView::compared).toList());
    }

    private static ComparisonView compared(ModelQueries.Comparison c) {
        return new ComparisonView(
                c.version(),
                c.shadowVersion(),
                c.compared(),
                c.disagreed(),
                c.failed(),
                c.compared() == 0 ? null : (Double) ((double) c.disagreed() / c.compared()),
                c.lastAt());
    }

    private static @Nullable Integer version(ModelQueries.Model model, @Nullable String alias) {
        return model.aliases().stream()
                .filter(pointer -> pointer.alias().equals(alias))
                .map(ModelQueries.Pointer::version)
                .findFirst()
                .orElse(null);
    }
}
