package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.search.Order;
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
    Decision next(StudyLimits limits, List<StudyTrial> trials) {
        if (limits.maxFailedTrials() != null && count(trials, TrialState.FAILED) >= limits.maxFailedTrials()) {
            return end(EndReason.MAX_FAILED_TRIALS, trials);
        }
        List<dev.trainyard.search.Decision> due = spec.pruner()
                .decide(spec.direction(), trials.stream().map(StudyTrial::trial).toList());
        for (dev.trainyard.search.Decision decision : due) {
            if (decision instanceof dev.trainyard.search.Decision.Stop stop) {
                return new Decision.Prune(stop.trial());
            }
        }
        long running = count(trials, TrialState.RUNNING);
        if (running >= limits.parallelTrials()) {
            return new Decision.Wait();
        }
        EndReason why = EndReason.COMPLETED;
        for (dev.trainyard.search.Decision decision : due) {
            if (decision instanceof dev.trainyard.search.Decision.Promote promote) {
                int done = trials.get(promote.trial()).trial().lastEpoch();
                if (fits(limits, trials, promote.holdAfterEpoch() - done)) {
                    return new Decision.Promote(promote.trial(), spec.hold(promote.holdAfterEpoch()));
                }
                why = EndReason.MAX_EPOCHS_TOTAL;
            }
        }
        if (trials.size() < limits.maxTrials()) {
            int number = trials.size();
            if (!fits(limits, trials, spec.pruner().firstHold(number))) {
                why = EndReason.MAX_EPOCHS_TOTAL;
            } else if (isDue(number, limits, trials)) {
                Optional<Decision.Suggest> suggestion = suggest(number, limits, trials);
                if (suggestion.isPresent()) {
                    return suggestion.get();
                }
                why = EndReason.SPACE_EXHAUSTED;
            }
        }
        return running > 0 ? new Decision.Wait() : end(why, trials);
    }

    /** Returns the end of a study for a reason that does not follow from its trials, such as its time. */
    static Decision.End end(EndReason reason, List<StudyTrial> trials) {
        if (reason == EndReason.CANCELLED) {
            return new Decision.End(StudyStatus.CANCELLED, reason);
        }
        boolean any = trials.stream().anyMatch(trial -> trial.trial().state() != TrialState.FAILED
                && !Double.isNaN(trial.trial().lastValue()));
        boolean failed = !any || reason == EndReason.INTERNAL_ERROR;
        return new Decision.End(failed ? StudyStatus.FAILED : StudyStatus.COMPLETED, reason);
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

    private Optional<Decision.Suggest> suggest(int number, StudyLimits limits, List<StudyTrial> trials) {
        Integer hold = spec.hold(spec.pruner().firstHold(number));
        for (SortedMap<String, JsonNode> values : spec.enqueue()) {
            if (trials.stream().noneMatch(trial -> trial.trial().values().equals(values))) {
                return Optional.of(new Decision.Suggest(number, values, TrialSource.ENQUEUED, hold));
            }
        }
        List<Trial> known = new ArrayList<>(warm);
        trials.forEach(trial -> known.add(seen(trial.trial(), number, limits)));
        return spec.sampler()
                .sampler()
                .suggest(spec.space(), spec.direction(), known, spec.sampler().seed(), number)
                .map(values -> new Decision.Suggest(number, values, TrialSource.SAMPLER, hold));
    }

    /**
     * In fixed order a trial starts only when all but the latest trials have a result, so that those it learns from do not
     * depend on the number of trainers.
     */
    private boolean isDue(int number, StudyLimits limits, List<StudyTrial> trials) {
        return spec.order() == Order.ARRIVAL
                || trials.stream()
                        .filter(trial -> isSettled(trial.number(), number, limits))
                        .allMatch(trial -> trial.isEnded()
                                || trial.trial().state() == TrialState.PAUSED
                                || trial.trial().lastEpoch() >= firstHold(trial.number())
                                        && spec.hold(firstHold(trial.number())) != null);
    }

    private int firstHold(int number) {
        return spec.pruner().firstHold(number);
    }

    private static boolean isSettled(int number, int next, StudyLimits limits) {
        return number <= next - limits.parallelTrials();
    }

    /** What the suggestion of trial {@code next} may use of an earlier trial. */
    private Trial seen(Trial trial, int next, StudyLimits limits) {
        if (spec.order() == Order.ARRIVAL) {
            return trial;
        }
        if (!isSettled(trial.number(), next, limits)) {
            return new Trial(trial.number(), TrialState.RUNNING, trial.values(), new java.util.TreeMap<>(), null);
        }
        int first = firstHold(trial.number());
        return spec.hold(first) == null || trial.lastEpoch() < first
                ? trial
                : new Trial(
                        trial.number(), TrialState.PAUSED, trial.values(), trial.curve().headMap(first + 1), null);
    }
}
