package dev.trainyard.gateway.predictions;

import dev.trainyard.gateway.problem.Problem;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.message.PredictReply;
import org.jspecify.annotations.Nullable;

/**
 * Result of one image of a batch or of an asynchronous request; the same as the response to a request for this
 * image alone.
 *
 * @param result null if it failed
 * @param problem null if it succeeded
 */
public record PredictionResult(
        @Nullable ExplainedPrediction result, @Nullable Problem problem) {

    public static PredictionResult of(PredictReply reply, ResponseOptions options, String instance) {
        try {
            return new PredictionResult(ExplainedPrediction.of(reply, options), null);
        } catch (ProblemException e) {
            return of(e, instance);
        }
    }

    public static PredictionResult of(ProblemException e, String instance) {
        return new PredictionResult(null, Problem.of(e, instance));
    }

    public boolean succeeded() {
        return problem == null;
    }
}
