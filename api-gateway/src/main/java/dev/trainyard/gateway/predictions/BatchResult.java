package dev.trainyard.gateway.predictions;

import dev.trainyard.gateway.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Results of a batch.
 *
 * @param skipped number of files of an archive, or fields of a form, that are not images
 * @param items in the order of the request
 */
public record BatchResult(int count, int succeeded, int failed, int skipped, List<Item> items) {

    /**
     * Result of one image.
     *
     * @param index from 0
     * @param name of the file, else of the form's part
     * @param status {@code succeeded} or {@code failed}
     * @param result same as for a request with only this image; null if it failed
     * @param problem null if it succeeded
     */
    public record Item(
            int index,
            String name,
            String status,
            @Nullable ExplainedPrediction result,
            @Nullable Problem problem) {}

    /** The result for the image {@code name}. */
    public record NamedResult(String name, PredictionResult result) {}

    public static BatchResult of(List<NamedResult> results, int skipped) {
        List<Item> items = new ArrayList<>(results.size());
        int succeeded = 0;
        for (NamedResult named : results) {
            PredictionResult result = named.result();
            String status = result.succeeded() ? "succeeded" : "failed";
            items.add(new Item(items.size(), named.name(), status, result.result(), result.problem()));
            succeeded += result.succeeded() ? 1 : 0;
        }
        return new BatchResult(items.size(), succeeded, items.size() - succeeded, skipped, items);
    }
}
