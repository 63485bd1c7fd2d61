package dev.trainyard.gateway.predictions.async;

import dev.trainyard.gateway.predictions.BatchResult;
import dev.trainyard.gateway.predictions.PredictionResult;
import dev.trainyard.gateway.problem.Problem;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Status of an asynchronous prediction or batch.
 *
 * @param status {@code pending}, {@code succeeded} or {@code failed}; a batch has succeeded when all of its items have
 *     ended
 * @param result same as in a synchronous response; null unless it succeeded
 * @param problem reason of the failure; null unless it failed
 */
public record AsyncPredictionView(
        UUID id,
        String status,
        String statusUrl,
        Instant createdAt,
        @Nullable Instant endedAt,

        @Schema(description = "Same as the synchronous response of POST /api/v1/predict or /api/v1/predict/batch")
        @Nullable
        Object result,

        @Nullable Problem problem) {
    static final String ROOT = "/api/v1/predictions/";

    static AsyncPredictionView of(AsyncPredictionRow row) {
        String url = ROOT + row.id();
        if (row.isPending()) {
            return new AsyncPredictionView(row.id(), row.status(), url, row.createdAt(), null, null, null);
        }
        PredictionResult result = row.result(url);
        return new AsyncPredictionView(
                row.id(), row.status(), url, row.createdAt(), row.endedAt(), result.result(), result.problem());
    }

    static AsyncPredictionView of(UUID id, List<AsyncPredictionRow> rows, int skipped) {
        String url = ROOT + id;
        Instant createdAt = rows.get(0).createdAt();
        if (rows.stream().anyMatch(AsyncPredictionRow::isPending)) {
            return new AsyncPredictionView(id, AsyncPredictionRow.PENDING, url, createdAt, null, null, null);
        }
        List<BatchResult.NamedResult> results = rows.stream()
                .map(row -> new BatchResult.NamedResult(row.name(), row.result(url)))
                .toList();
        Instant endedAt = rows.stream()
                .map(AsyncPredictionRow::endedAt)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
        return new AsyncPredictionView(
                id, AsyncPredictionRow.SUCCEEDED, url, createdAt, endedAt, BatchResult.of(results, skipped), null);
    }

    boolean isPending() {
        return status.equals(AsyncPredictionRow.PENDING);
    }
}
