package dev.trainyard.benchmarks.studies;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.search.Decision;
import dev.trainyard.search.Direction;
import dev.trainyard.search.Pruner;
import dev.trainyard.search.Trial;
import dev.trainyard.search.TrialState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A study on recorded curves: the pruner decides after each epoch as in the gateway, promotions before new trials. An
 * epoch takes the time that it took when it was recorded.
 */
final class SimulatedSearch {
    private final Pruner pruner;
    private final List<JsonNode> curves;
    private final List<Trial> trials = new ArrayList<>();
    /** Epoch after which each trial waits. */
    private final List<Integer> holds = new ArrayList<>();
    /** Time at which each trial's present epoch ends, in seconds. */
    private final List<Double> epochEnds = new ArrayList<>();

    private double now;

    /** @param curves of the trials, in the order of their numbers */
    SimulatedSearch(Pruner pruner, List<JsonNode> curves) {
        this.pruner = pruner;
        this.curves = curves;
    }

    /** Runs all trials, so many at a time. */
    SimulatedSearch run(int parallelTrials) {
        while (true) {
            decide(parallelTrials);
            Optional<Trial> next = running().stream()
                    .min(Comparator.comparingDouble((Trial trial) -> epochEnds.get(trial.number()))
                            .thenComparingInt(Trial::number));
            if (next.isEmpty()) {
                return this;
            }
            now = epochEnds.get(next.get().number());
            epoch(next.get());
        }
    }

    int epochs() {
        return trials.stream().mapToInt(Trial::lastEpoch).sum();
    }

    /** Returns the number of the completed trial with the best result. */
    int best() {
        return trials.stream()
                .filter(trial -> trial.state() == TrialState.COMPLETED)
                .max(Comparator.comparingDouble(Trial::lastValue)
                        .thenComparing(Trial::number, Comparator.reverseOrder()))
                .orElseThrow()
                .number();
    }

    private void decide(int parallelTrials) {
        boolean more = true;
        while (more) {
            List<Decision> due = pruner.decide(Direction.MAXIMIZE, trials);
            Optional<Decision> stop =
                    due.stream().filter(Decision.Stop.class::isInstance).findFirst();
            if (stop.isPresent()) {
                set(stop.get().trial(), TrialState.PRUNED);
            } else if (running().size() >= parallelTrials) {
                more = false;
            } else if (!due.isEmpty()) {
                Decision.Promote promote = (Decision.Promote) due.get(0);
                holds.set(promote.trial(), promote.holdAfterEpoch());
                set(promote.trial(), TrialState.RUNNING);
                start(promote.trial());
            } else if (trials.size() < curves.size()) {
                int number = trials.size();
                trials.add(new Trial(number, TrialState.RUNNING, new TreeMap<>(), new TreeMap<>(), null));
                holds.add(pruner.firstHold(number));
                epochEnds.add(0.0);
                start(number);
            } else {
                more = false;
            }
        }
    }

    private List<Trial> running() {
        return trials.stream()
                .filter(trial -> trial.state() == TrialState.RUNNING)
                .toList();
    }

    private void start(int number) {
        JsonNode seconds = curves.get(number).path("seconds");
        double epoch = seconds.path(trials.get(number).lastEpoch()).asDouble();
        epochEnds.set(number, now + epoch);
    }

    private void epoch(Trial trial) {
        int number = trial.number();
        int epoch = trial.lastEpoch() + 1;
        JsonNode values = curves.get(number).path("validation_accuracy");
        if (epoch > values.size()) {
            set(number, TrialState.FAILED); // it diverged
            return;
        }
        SortedMap<Integer, Double> curve = new TreeMap<>(trial.curve());
        curve.put(epoch, values.get(epoch - 1).doubleValue());
        trials.set(number, new Trial(number, TrialState.RUNNING, trial.values(), curve, null));
        if (epoch == pruner.maxEpochs()) {
            set(number, TrialState.COMPLETED);
        } else if (epoch == holds.get(number)) {
            set(number, TrialState.PAUSED);
        } else {
            start(number);
        }
    }

    private void set(int number, TrialState state) {
        Trial trial = trials.get(number);
        Double value = state == TrialState.COMPLETED ? (Double) trial.lastValue() : null;
        trials.set(number, new Trial(number, state, trial.values(), trial.curve(), value));
    }
}
