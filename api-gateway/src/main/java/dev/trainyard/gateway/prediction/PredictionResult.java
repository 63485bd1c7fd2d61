package dev.trainyard.gateway.prediction;

import dev.trainyard.gateway.problem.Problem;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.message.PredictReply;

/**
 * What became of one picture, as a part of a larger answer or of one that is given later: just what a request for it
 * alone is answered with.
 *
 * @param result null where there is a problem
 * @param problem null where there is a result
 */
public record PredictionResult(ExplainedPrediction result, Problem problem) {

    public static PredictionResult of(PredictReply reply, ResponseOptions telling, String instance) {
        try {
            return new PredictionResult(ExplainedPrediction.of(reply, telling), null);
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
