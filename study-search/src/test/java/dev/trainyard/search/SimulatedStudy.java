package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** A study whose trials are computed, on trainers that take turns at random. */
final class SimulatedStudy {
    private final SearchSpace space;
    private final Sampler sampler;
    private final Pruner pruner;
    private final Order order;
    private final Objective objective;
    private final Random random;
    private final long seed;
    private final List<Trial> trials = new ArrayList<>();
    private final Map<Integer, Integer> holds = new HashMap<>();
    private final List<Decision> decisions = new ArrayList<>();
    private int epochs;

    interface Objective {
        /** NaN for a diverged training; negative infinity for one that fails. */
        double after(SortedMap<String, JsonNode> values, int epoch);
    }

    SimulatedStudy(
            SearchSpace space,
            Sampler sampler,
            Pruner pruner,
            Order order,
            Objective objective,
            long seed,
            Random random) {
        this.space = space;
        this.sampler = sampler;
        this.pruner = pruner;
        this.order = order;
        this.objective = objective;
        this.seed = seed;
        this.random = random;
    }

    /** Runs at most {@code most} trials, {@code parallel} at a time, of which {@code trainers} advance. */
    void run(int most, int parallel, int trainers) {
        boolean exhausted = false;
        while (true) {
            while (!exhausted && trials.size() < most && running().size() < parallel) {
                Optional<List<Trial>> history = SuggestionHistory.of(order, pruner, trials, trials.size(), parallel);
                if (history.isEmpty()) {
                    break;
                }
                exhausted = !start(history.get());
            }
            List<Trial> running = running();
            if (running.isEmpty()) {
                return;
            }
            List<Trial> advancing = running.subList(0, Math.min(trainers, running.size()));
            advance(advancing.get(random.nextInt(advancing.size())));
            decide();
        }
    }

    private boolean start(List<Trial> history) {
        int number = trials.size();
        Optional<SortedMap<String, JsonNode>> values =
                sampler.suggest(space, Direction.MINIMIZE, history, seed, number);
        values.ifPresent(v -> {
            trials.add(new Trial(number, TrialState.RUNNING, v, new TreeMap<>(), null));
            holds.put(number, pruner.firstHold(number));
        });
        return values.isPresent();
    }

    private void advance(Trial trial) {
        int epoch = trial.lastEpoch() + 1;
        double value = objective.after(trial.values(), epoch);
        if (value == Double.NEGATIVE_INFINITY) {
            replace(trial, TrialState.FAILED, trial.curve(), null);
            return;
        }
        epochs++;
        SortedMap<Integer, Double> curve = new TreeMap<>(trial.curve());
        curve.put(epoch, value);
        if (epoch == pruner.maxEpochs()) {
            replace(trial, TrialState.COMPLETED, curve, value);
        } else {
            replace(trial, epoch == holds.get(trial.number()) ? TrialState.PAUSED : TrialState.RUNNING, curve, null);
        }
    }

    private void decide() {
        for (Decision decision : pruner.decide(Direction.MINIMIZE, List.copyOf(trials))) {
            decisions.add(decision);
            Trial trial = trials.get(decision.trial());
            if (decision instanceof Decision.Promote promote) {
                holds.put(trial.number(), promote.holdAfterEpoch());
                replace(trial, TrialState.RUNNING, trial.curve(), null);
            } else {
                replace(trial, TrialState.PRUNED, trial.curve(), null);
            }
        }
    }

    private void replace(Trial trial, TrialState state, SortedMap<Integer, Double> curve, Double value) {
        trials.set(trial.number(), new Trial(trial.number(), state, trial.values(), curve, value));
    }

    private List<Trial> running() {
        return trials.stream()
                .filter(trial -> trial.state() == TrialState.RUNNING)
                .toList();
    }

    List<Trial> trials() {
        return trials;
    }

    List<Decision> decisions() {
        return decisions;
    }

    int epochs() {
        return epochs;
    }

    /** Returns the smallest value of {@code trials} trials, one after the other. */
    static double sequential(
            SearchSpace space,
            Sampler sampler,
            long seed,
            int trials,
            ToDoubleFunction<SortedMap<String, JsonNode>> objective) {
        SimulatedStudy study = new SimulatedStudy(
                space,
                sampler,
                new NoPruner(1),
                Order.ARRIVAL,
                (values, epoch) -> objective.applyAsDouble(values),
                seed,
                new Random(seed));
        study.run(trials, 1, 1);
        return study.trials().stream().mapToDouble(Trial::lastValue).min().orElseThrow();
    }
}
