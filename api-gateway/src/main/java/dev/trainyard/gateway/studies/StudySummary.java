package dev.trainyard.gateway.studies;

import dev.trainyard.search.Direction;
import dev.trainyard.search.TrialState;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Figures of a study, stored with it so that lists need not read its trials.
 *
 * @param epochs of all trials together
 * @param best null until a trial has reported a result
 */
record StudySummary(
        int trials,
        int running,
        int waiting,
        int completed,
        int pruned,
        int failed,
        long epochs,
        @Nullable Best best) {
    static final StudySummary EMPTY = new StudySummary(0, 0, 0, 0, 0, 0, 0, null);

    /**
     * The best trial.
     *
     * @param completed false if no trial has run to its end yet
     */
    record Best(int trial, double value, boolean completed) {}

    static StudySummary of(Direction direction, List<StudyTrial> trials) {
        return new StudySummary(
                trials.size(),
                count(trials, TrialState.RUNNING),
                count(trials, TrialState.PAUSED),
                count(trials, TrialState.COMPLETED),
                count(trials, TrialState.PRUNED),
                count(trials, TrialState.FAILED),
                trials.stream().mapToLong(trial -> trial.trial().curve().size()).sum(),
                best(direction, trials).orElse(null));
    }

    private static int count(List<StudyTrial> trials, TrialState state) {
        return (int)
                trials.stream().filter(trial -> trial.trial().state() == state).count();
    }

    /** Trials that ran to their end come first; equal ones by number. */
    private static Optional<Best> best(Direction direction, List<StudyTrial> trials) {
        return trials.stream()
                .filter(trial -> trial.trial().state() != TrialState.FAILED)
                .filter(trial -> !Double.isNaN(trial.trial().lastValue()))
                .min(Comparator.<StudyTrial, Boolean>comparing(trial -> !isCompleted(trial))
                        .thenComparing(trial -> direction.loss(trial.trial().lastValue()))
                        .thenComparing(StudyTrial::number))
                .map(trial -> new Best(trial.number(), trial.trial().lastValue(), isCompleted(trial)));
    }

    private static boolean isCompleted(StudyTrial trial) {
        return trial.trial().state() == TrialState.COMPLETED;
    }
}
