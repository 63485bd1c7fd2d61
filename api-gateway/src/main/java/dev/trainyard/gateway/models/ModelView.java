package dev.trainyard.gateway.models;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.job.TrainingResult;
import dev.trainyard.message.ModelQuarantine;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * One version as clients see it.
 *
 * @param active whether it is in production
 * @param jobKey the training it came from; null for the model that came with the platform
 * @param onnxUrl null once the version is deleted
 * @param deletedAt null while it can be asked for
 * @param lineage absent in lists
 * @param metadata all that was kept of it; absent in lists
 * @param quarantine why predictors do not run it; absent unless it is in quarantine
 */
public record ModelView(
        String name,
        int version,
        boolean active,
        List<String> aliases,
        UUID jobKey,
        TrainingResult metrics,
        Instant createdAt,
        Instant deletedAt,
        String onnxUrl,
        long onnxSize,
        String onnxSha256,
        @JsonInclude(JsonInclude.Include.NON_NULL) Lineage lineage,
        @JsonInclude(JsonInclude.Include.NON_NULL) ModelMetadata metadata,
        @JsonInclude(JsonInclude.Include.NON_NULL) QuarantineView quarantine) {

    /**
     * A predictor ended while it ran this file.
     *
     * @param cause the signal, or how often there was none
     * @param phase {@code load} or {@code run}
     */
    public record QuarantineView(String predictor, String cause, String phase, Instant at) {
        static QuarantineView of(ModelQuarantine found) {
            return new QuarantineView(found.predictor(), found.cause(), found.phase(), found.at());
        }
    }

    /** What a version was made of, and by what. */
    public record Lineage(
            UUID jobKey,
            String jobUrl,
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

    /** @param nextCursor where the list goes on; null at its end */
    public record Page(List<ModelView> models, String nextCursor) {}

    /**
     * One model.
     *
     * @param production number of the version that predict answers with; null for none
     * @param moves the last changes of its aliases, newest first
     * @param models its newest versions; the list has all
     */
    public record ModelDetails(
            String name,
            Integer production,
            List<ModelQueries.Pointer> aliases,
            RouteView route,
            List<ModelQueries.Move> moves,
            List<ModelView> models) {}

    /**
     * Who else is asked, and how often the answers differ.
     *
     * @param canaryVersion null where no alias canary is set, and then the share is production's
     * @param shadowVersion null where the alias is not set, and then nobody is asked
     * @param compared pictures that both answered, of all pairs of versions
     * @param disagreed those that they answered differently
     */
    public record RouteView(
            double canaryShare,
            double shadowShare,
            String shadowAlias,
            Integer canaryVersion,
            Integer shadowVersion,
            @JsonInclude(JsonInclude.Include.NON_NULL) Long compared,
            @JsonInclude(JsonInclude.Include.NON_NULL) Long disagreed,
            @JsonInclude(JsonInclude.Include.NON_NULL) List<ComparisonView> comparisons) {}

    /**
     * Two versions over the same pictures.
     *
     * @param failed pictures that the shadow did not answer
     * @param disagreement share of those compared; null before the first
     */
    public record ComparisonView(
            int version,
            int shadowVersion,
            long compared,
            long disagreed,
            long failed,
            Double disagreement,
            Instant lastAt) {}

    static ModelView brief(ModelQueries.Version v, PredictorReports reports) {
        return of(v, false, reports);
    }

    static ModelView whole(ModelQueries.Version v, PredictorReports reports) {
        return of(v, true, reports);
    }

    private static ModelView of(ModelQueries.Version v, boolean whole, PredictorReports reports) {
        return new ModelView(
                v.name(),
                v.version(),
                v.isActive(),
                v.aliases(),
                v.metadata().jobKey(),
                v.metadata().metrics(),
                v.createdAt(),
                v.deletedAt(),
                v.deletedAt() != null
                        ? null
                        : "/api/v1/models/%s/versions/%d/model.onnx".formatted(v.name(), v.version()),
                v.onnx().size(),
                v.onnx().sha256(),
                whole ? Lineage.of(v.metadata()) : null,
                whole ? v.metadata() : null,
                reports.quarantine(v.onnx().sha256()).map(QuarantineView::of).orElse(null));
    }

    static ModelDetails whole(ModelQueries.Model model, PredictorReports reports) {
        return new ModelDetails(
                model.name(),
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

    /** @param comparisons null to leave them out */
    static RouteView route(ModelQueries.Model model, List<ModelQueries.Comparison> comparisons) {
        Route route = model.route();
        boolean none = comparisons == null;
        return new RouteView(
                route.canaryShare(),
                route.shadowShare(),
                route.shadowAlias(),
                version(model, Alias.CANARY),
                version(model, route.shadowAlias()),
                none
                        ? null
                        : comparisons.stream()
                                .mapToLong(ModelQueries.Comparison::compared)
                                .sum(),
                none
                        ? null
                        : comparisons.stream()
                                .mapToLong(ModelQueries.Comparison::disagreed)
                                .sum(),
                none ? null : comparisons.stream().map(ModelView::compared).toList());
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

    private static Integer version(ModelQueries.Model model, String alias) {
        return model.aliases().stream()
                .filter(pointer -> pointer.alias().equals(alias))
                .map(ModelQueries.Pointer::version)
                .findFirst()
                .orElse(null);
    }
}
