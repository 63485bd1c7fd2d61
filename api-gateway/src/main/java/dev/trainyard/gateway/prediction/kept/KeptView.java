package dev.trainyard.gateway.prediction.kept;

import dev.trainyard.gateway.prediction.Answer;
import dev.trainyard.gateway.prediction.batch.BatchAnswer;
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
public record KeptView(
        UUID id,
        String status,
        String statusUrl,
        Instant createdAt,
        Instant endedAt,

        @Schema(description = "As POST /api/v1/predict or /api/v1/predict/batch answers at once")
        Object result,

        Problem problem) {
    static final String ROOT = "/api/v1/predictions/";

    static KeptView of(KeptRow row) {
        String url = ROOT + row.id();
        if (row.isPending()) {
            return new KeptView(row.id(), row.status(), url, row.createdAt(), null, null, null);
        }
        Answer answer = row.answer(url);
        return new KeptView(
                row.id(), row.status(), url, row.createdAt(), row.endedAt(), answer.result(), answer.problem());
    }

    static KeptView of(UUID id, List<KeptRow> rows, int skipped) {
        String url = ROOT + id;
        Instant createdAt = rows.get(0).createdAt();
        if (rows.stream().anyMatch(KeptRow::isPending)) {
            return new KeptView(id, KeptRow.PENDING, url, createdAt, null, null, null);
        }
        List<BatchAnswer.Named> answers = rows.stream()
                .map(row -> new BatchAnswer.Named(row.name(), row.answer(url)))
                .toList();
        Instant endedAt = rows.stream()
                .map(KeptRow::endedAt)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
        return new KeptView(id, KeptRow.SUCCEEDED, url, createdAt, endedAt, BatchAnswer.of(answers, skipped), null);
    }

    boolean isPending() {
        return status.equals(KeptRow.PENDING);
    }
}
