package dev.trainyard.gateway.studies;

import dev.trainyard.gateway.estimates.JobEstimator;
import dev.trainyard.gateway.estimates.JobPlan;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.search.Decision;
import dev.trainyard.search.Trial;
import dev.trainyard.search.TrialState;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Estimates the work of a study from its configurations with extreme values. */
@Singleton
final class StudyEstimator {
    /** Trials of the simulated study, from which larger ones are extrapolated. */
    private static final int SIMULATED = 200;

    private final JobEstimator jobs;

    StudyEstimator(JobEstimator jobs) {
        this.jobs = jobs;
    }

    StudyPlan plan(NewStudy study, String project) {
        StudySpec spec = study.spec();
        int trials =
                (int) Math.min(study.limits().maxTrials(), spec.space().size().orElse(Long.MAX_VALUE));
        List<JobPlan> plans = new ArrayList<>();
        TrialConfigurations configurations = new TrialConfigurations(spec);
        for (var values : configurations.corners()) {
            if (configurations.of(values) instanceof TrainingConfigReader.Valid valid) {
                plans.add(jobs.plan(valid.config(), valid.pool(), valid.priority(), project));
            }
        }
        long most = limited(study, (long) trials * spec.pruner().maxEpochs());
        long expected = Math.min(most, limited(study, expectedEpochs(spec, trials)));
        double secondsPerEpoch = plans.stream()
                        .mapToDouble(plan -> plan.estimate().seconds().mid())
                        .average()
                        .orElse(0)
                / spec.pruner().maxEpochs();
        JobPlan first = plans.get(0);
        Integer workers = first.estimate().workers();
        int parallel = Math.max(1, Math.min(study.limits().parallelTrials(), workers == null ? 1 : workers));
        return new StudyPlan(
                trials,
                spec.space().size().isPresent() ? (Long) spec.space().size().getAsLong() : null,
                most,
                expected,
                expected * secondsPerEpoch / parallel,
                plans.stream()
                        .mapToLong(plan -> plan.memory().peakBytes())
                        .max()
                        .orElse(0),
                first.estimate().basis());
    }

    private static long limited(NewStudy study, long epochs) {
        Integer limit = study.limits().maxEpochsTotal();
        return limit == null ? epochs : Math.min(limit, epochs);
    }

    /** Runs the pruner on trials one after the other whose results do not depend on their epochs. */
    static long expectedEpochs(StudySpec spec, int trials) {
        int count = Math.min(trials, SIMULATED);
        Random random = new Random(0);
        List<Trial> all = new ArrayList<>();
        List<Double> results = new ArrayList<>();
        while (true) {
            List<Decision> due = spec.pruner().decide(spec.direction(), all);
            if (!due.isEmpty()) {
                for (Decision decision : due) {
                    Trial trial = all.get(decision.trial());
                    int until = decision instanceof Decision.Promote promote ? promote.holdAfterEpoch() : 0;
                    all.set(trial.number(), trained(spec, trial.number(), until, results.get(trial.number()), trial));
                }
            } else if (all.size() < count) {
                int number = all.size();
                results.add(random.nextDouble());
                Trial none = new Trial(number, TrialState.RUNNING, new TreeMap<>(), new TreeMap<>(), null);
                all.add(trained(spec, number, spec.pruner().firstHold(number), results.get(number), none));
            } else {
                long epochs =
                        all.stream().mapToLong(trial -> trial.curve().size()).sum();
                return Math.round((double) epochs * trials / count);
            }
        }
    }

    /** @param until last epoch; 0 if the trial is stopped */
    private static Trial trained(StudySpec spec, int number, int until, double result, Trial before) {
        SortedMap<Integer, Double> curve = new TreeMap<>(before.curve());
        for (int epoch = 1; epoch <= until; epoch++) {
            curve.put(epoch, result);
        }
        boolean completed = until == spec.pruner().maxEpochs();
        TrialState state = until == 0 ? TrialState.PRUNED : completed ? TrialState.COMPLETED : TrialState.PAUSED;
        return new Trial(number, state, before.values(), curve, completed ? (Double) result : null);
    }
}
