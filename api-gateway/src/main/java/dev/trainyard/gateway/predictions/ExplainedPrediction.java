package dev.trainyard.gateway.predictions;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.message.PredictReply;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Explained;
import dev.trainyard.message.PredictReply.Outcome;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A prediction and, if requested, its explanation. */
public record ExplainedPrediction(
        @JsonUnwrapped Prediction answer,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Explanation explanation) {

    /** @throws ProblemException if {@code reply} is not a prediction */
    public static ExplainedPrediction of(PredictReply reply, ResponseOptions options) {
        Outcome outcome = reply.outcome();
        Answered answered = answered(outcome).orElseThrow(() -> PredictionService.problem(outcome));
        return new ExplainedPrediction(
                Prediction.of(answered, options),
                outcome instanceof Explained explained ? Explanation.of(explained) : null);
    }

    /** The prediction in {@code outcome}, with or without an explanation; empty if there is none. */
    public static Optional<Answered> answered(Outcome outcome) {
        if (outcome instanceof Explained explained) {
            return Optional.of(explained.answered());
        }
        return outcome instanceof Answered answered ? Optional.of(answered) : Optional.empty();
    }
}
