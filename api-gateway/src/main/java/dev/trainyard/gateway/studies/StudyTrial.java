package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.search.Trial;
import dev.trainyard.search.TrialState;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A trial with what decides over its epochs.
 *
 * @param hold epoch after which it waits for its promotion; null if it runs to its end
 */
record StudyTrial(Trial trial, TrialSource source, @Nullable Integer hold) {

    static StudyTrial running(
            int number, SortedMap<String, JsonNode> values, TrialSource source, @Nullable Integer hold) {
        return new StudyTrial(new Trial(number, TrialState.RUNNING, values, new TreeMap<>(), null), source, hold);
    }

    int number() {
        return trial.number();
    }

    boolean isRunning() {
        return trial.state() == TrialState.RUNNING;
    }

    boolean isEnded() {
        return trial.state().isEnded();
    }

    /** Adds a completed epoch; the trial waits if it is held after that one. An epoch that was repeated changes nothing. */
    StudyTrial withEpoch(int epoch, double objective) {
        SortedMap<Integer, Double> curve = new TreeMap<>(trial.curve());
        curve.putIfAbsent(epoch, objective);
        TrialState state = hold != null && epoch >= hold ? TrialState.PAUSED : trial.state();
        return new StudyTrial(new Trial(trial.number(), state, trial.values(), curve, trial.value()), source, hold);
    }

    StudyTrial promoted(@Nullable Integer nextHold) {
        return new StudyTrial(
                new Trial(trial.number(), TrialState.RUNNING, trial.values(), trial.curve(), trial.value()),
                source,
                nextHold);
    }

    /** A completed trial has the objective of its last epoch as its value. */
    StudyTrial ended(TrialState state) {
        return new StudyTrial(
                new Trial(
                        trial.number(),
                        state,
                        trial.values(),
                        trial.curve(),
                        state == TrialState.COMPLETED ? (Double) trial.lastValue() : null),
                source,
                hold);
    }
}
