package dev.trainyard.gateway.prediction.async;

import dev.trainyard.gateway.prediction.PredictionResult;
import dev.trainyard.gateway.prediction.batch.BatchResult;
import dev.trainyard.gateway.problem.Problem;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A prediction that is answered later, or a batch of them.
 *
 * @param status {@code pending}, {@code succeeded} or {@code failed}; a batch has succeeded when each of its items ended
 * @param result what the request would have been answered with at once; null unless it succeeded
 * @param problem why there is no result; null unless it failed
 */
public record AsyncPredictionView(
        UUID id,
        String status,
        String statusUrl,
        Instant createdAt,
        Instant endedAt,

        @Schema(description = "As POST /api/v1/predict or /api/v1/predict/batch answers at once")
        Object result,

        Problem problem) {
    static final String ROOT = "/api/v1/predictions/";

    static AsyncPredictionView of(AsyncPredictionRow row) {
        String url = ROOT + row.id();
        if (row.isPending()) {
            return new AsyncPredictionView(row.id(), row.status(), url, row.createdAt(), null, null, null);
        }
        PredictionResult answer = row.answer(url);
        return new AsyncPredictionView(
                row.id(), row.status(), url, row.createdAt(), row.endedAt(), answer.result(), answer.problem());
    }

    static AsyncPredictionView of(UUID id, List<AsyncPredictionRow> rows, int skipped) {
        String url = ROOT + id;
        Instant createdAt = rows.get(0).createdAt();
        if (rows.stream().anyMatch(AsyncPredictionRow::isPending)) {
            return new AsyncPredictionView(id, AsyncPredictionRow.PENDING, url, createdAt, null, null, null);
        }
        List<BatchResult.NamedResult> answers = rows.stream()
                .map(row -> new BatchResult.NamedResult(row.name(), row.answer(url)))
                .toList();
        Instant endedAt = rows.stream()
                .map(AsyncPredictionRow::endedAt)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
        return new AsyncPredictionView(id, AsyncPredictionRow.SUCCEEDED, url, createdAt, endedAt, BatchResult.of(answers, skipped), null);
    }

    boolean isPending() {
        return status.equals(AsyncPredictionRow.PENDING);
    }
}
