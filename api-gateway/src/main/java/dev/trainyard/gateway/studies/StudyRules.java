package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.search.Decision;
import dev.trainyard.search.SuggestionHistory;
import dev.trainyard.search.Trial;
import dev.trainyard.search.TrialState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a study does next. Depends on its arguments alone, without database and clock, so that a replay can repeat
 * each decision.
 *
 * @param warm trials of other studies that the sampler learns from
 */
record StudyRules(StudySpec spec, List<Trial> warm) {

    /** @param trials all trials of the study, by number */
    StudyDecision next(StudyLimits limits, List<StudyTrial> trials) {
        if (limits.maxFailedTrials() != null && count(trials, TrialState.FAILED) >= limits.maxFailedTrials()) {
            return end(EndReason.MAX_FAILED_TRIALS, trials);
        }
        List<Decision> due = spec.pruner()
                .decide(spec.direction(), trials.stream().map(StudyTrial::trial).toList());
        for (Decision decision : due) {
            if (decision instanceof Decision.Stop stop) {
                return new StudyDecision.Prune(stop.trial());
            }
        }
        long running = count(trials, TrialState.RUNNING);
        if (running >= limits.parallelTrials()) {
            return new StudyDecision.Wait();
        }
        EndReason why = EndReason.COMPLETED;
        for (Decision decision : due) {
            if (decision instanceof Decision.Promote promote) {
                int done = trials.get(promote.trial()).trial().lastEpoch();
                if (fits(limits, trials, promote.holdAfterEpoch() - done)) {
                    return new StudyDecision.Promote(promote.trial(), spec.hold(promote.holdAfterEpoch()));
                }
                why = EndReason.MAX_EPOCHS_TOTAL;
            }
        }
        if (trials.size() < limits.maxTrials()) {
            int number = trials.size();
            if (!fits(limits, trials, spec.pruner().firstHold(number))) {
                why = EndReason.MAX_EPOCHS_TOTAL;
            } else {
                Optional<List<Trial>> history = history(number, limits, trials);
                if (history.isEmpty()) {
                    return new StudyDecision.Wait();
                }
                Optional<StudyDecision.Suggest> suggestion = suggest(number, history.get(), trials);
                if (suggestion.isPresent()) {
                    return suggestion.get();
                }
                why = EndReason.SPACE_EXHAUSTED;
            }
        }
        return running > 0 ? new StudyDecision.Wait() : end(why, trials);
    }

    /** Returns the end of a study for a reason that does not follow from its trials, such as its time. */
    static StudyDecision.End end(EndReason reason, List<StudyTrial> trials) {
        if (reason == EndReason.CANCELLED) {
            return new StudyDecision.End(StudyStatus.CANCELLED, reason);
        }
        boolean any = trials.stream()
                .anyMatch(trial -> trial.trial().state() != TrialState.FAILED
                        && !Double.isNaN(trial.trial().lastValue()));
        boolean failed = !any || reason == EndReason.INTERNAL_ERROR;
        return new StudyDecision.End(failed ? StudyStatus.FAILED : StudyStatus.COMPLETED, reason);
    }

    private static long count(List<StudyTrial> trials, TrialState state) {
        return trials.stream().filter(trial -> trial.trial().state() == state).count();
    }

    /** Counts the epochs that running trials still have before them, so that the limit is never exceeded. */
    private boolean fits(StudyLimits limits, List<StudyTrial> trials, int epochs) {
        if (limits.maxEpochsTotal() == null) {
            return true;
        }
        long used = 0;
        for (StudyTrial trial : trials) {
            int done = trial.trial().lastEpoch();
            used += trial.isRunning() ? Math.max(done, until(trial.hold())) : done;
        }
        return used + epochs <= limits.maxEpochsTotal();
    }

    private int until(@Nullable Integer hold) {
        return hold == null ? spec.pruner().maxEpochs() : hold;
    }

    /** Returns empty while a result is missing that a suggestion in fixed order must wait for. */
    private Optional<List<Trial>> history(int number, StudyLimits limits, List<StudyTrial> trials) {
        List<Trial> known = new ArrayList<>(warm);
        trials.forEach(trial -> known.add(trial.trial()));
        return SuggestionHistory.of(spec.order(), spec.pruner(), known, number, limits.parallelTrials());
    }

    private Optional<StudyDecision.Suggest> suggest(int number, List<Trial> history, List<StudyTrial> trials) {
        Integer hold = spec.hold(spec.pruner().firstHold(number));
        for (SortedMap<String, JsonNode> values : spec.enqueue()) {
            if (trials.stream().noneMatch(trial -> trial.trial().values().equals(values))) {
                return Optional.of(new StudyDecision.Suggest(number, values, TrialSource.ENQUEUED, hold));
            }
        }
        return spec.sampler()
                .sampler()
                .suggest(spec.space(), spec.direction(), history, spec.sampler().seed(), number)
                .map(values -> new StudyDecision.Suggest(number, values, TrialSource.SAMPLER, hold));
    }
}
