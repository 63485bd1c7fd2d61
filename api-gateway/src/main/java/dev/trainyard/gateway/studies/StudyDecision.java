package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What a study does next. */
sealed interface StudyDecision {
    /** Nothing until another trial reports an epoch or ends. */
    record Wait() implements StudyDecision {}

    /**
     * Starts a trial.
     *
     * @param hold epoch after which it waits; null if it runs to its end
     */
    record Suggest(
            int trial,
            SortedMap<String, JsonNode> values,
            TrialSource source,
            @Nullable Integer hold) implements StudyDecision {}

    /** Lets a trial go on that waits at a rung. */
    record Promote(int trial, @Nullable Integer hold) implements StudyDecision {}

    /** Stops a running trial. */
    record Prune(int trial) implements StudyDecision {}

    record End(StudyStatus status, EndReason reason) implements StudyDecision {}
}
