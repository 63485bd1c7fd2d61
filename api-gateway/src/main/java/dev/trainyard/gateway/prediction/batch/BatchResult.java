package dev.trainyard.gateway.prediction.batch;

import dev.trainyard.gateway.prediction.PredictionResult;
import dev.trainyard.gateway.prediction.ExplainedPrediction;
import dev.trainyard.gateway.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer to a batch.
 *
 * @param skipped files of an archive, and fields of a form, that were passed over
 * @param items in the order of the request
 */
public record BatchResult(int count, int succeeded, int failed, int skipped, List<Item> items) {

    /**
     * One picture's.
     *
     * @param index from 0
     * @param name the file's, or the part's where it has none
     * @param status {@code succeeded} or {@code failed}
     * @param result as a request for this picture alone is answered; null if it failed
     * @param problem null if it succeeded
     */
    public record Item(int index, String name, String status, ExplainedPrediction result, Problem problem) {}

    /** An answer and whose it is. */
    public record NamedResult(String name, PredictionResult answer) {}

    public static BatchResult of(List<NamedResult> answers, int skipped) {
        List<Item> items = new ArrayList<>(answers.size());
        int succeeded = 0;
        for (NamedResult named : answers) {
            PredictionResult answer = named.answer();
            String status = answer.succeeded() ? "succeeded" : "failed";
            items.add(new Item(items.size(), named.name(), status, answer.result(), answer.problem()));
            succeeded += answer.succeeded() ? 1 : 0;
        }
        return new BatchResult(items.size(), succeeded, items.size() - succeeded, skipped, items);
    }
}
