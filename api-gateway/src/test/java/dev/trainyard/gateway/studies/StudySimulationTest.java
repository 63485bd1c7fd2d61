package dev.trainyard.gateway.studies;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.search.Order;
import dev.trainyard.search.TrialState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random studies whose trials report in random order, fail, are stopped or repeat epochs, and whose limits are raised
 * meanwhile. {@code -Dsimulation.seed=N} runs one seed.
 */
class StudySimulationTest {
    private static final int SEEDS = 10_000;
    private static final int MAX_STEPS = 5_000;
    private static final String REQUEST = """
            {"name":"simulated","base":{"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                "train_args":{"batch_size":32,"epochs":9}},
             "space":{"/train_args/learning_rate":{"type":"float","min":0.0001,"max":0.1,"scale":"log"},
                      "/train_args/batch_size":{"type":"categorical","values":[32,64,128]}},
             "sampler":{"name":"%s","seed":%d%s},"pruner":{"name":"%s"%s},"order":"%s",
             "limits":{"max_trials":%d,"parallel_trials":%d%s%s}}""";

    @Test
    void everyStudyEndsWithinItsLimitsAndCanBeDecidedAgain() {
        Long one = Long.getLong("simulation.seed");
        LongStream seeds = one == null ? LongStream.range(0, SEEDS) : LongStream.of(one);
        List<String> wrong = seeds.parallel()
                .mapToObj(seed -> new Run(seed, seed).violation())
                .filter(each -> each != null)
                .limit(5)
                .toList();
        assertThat(wrong).isEmpty();
    }

    @Test
    void inFixedOrderTheTrialsDoNotDependOnTheOrderOfReports() {
        List<Long> differing = LongStream.range(0, SEEDS / 10)
                .parallel()
                .filter(seed -> !Run.undisturbed(seed, 1).equals(Run.undisturbed(seed, 2)))
                .boxed()
                .toList();
        assertThat(differing).isEmpty();
    }

    private static StudySpecReader.Request request(Random random, Order order) {
        String sampler = pick(random, "random", "random", "tpe", "grid");
        String pruner = order == Order.FIXED
                ? pick(random, "none", "asha", "hyperband")
                : pick(random, "none", "asha", "asha", "hyperband", "median");
        String arguments = pruner.equals("none") || pruner.equals("median")
                ? ""
                : ",\"eta\":%d,\"min_epochs\":%d,\"max_epochs\":9"
                        .formatted(2 + random.nextInt(3), 1 + random.nextInt(2));
        if (pruner.equals("asha") && order == Order.ARRIVAL && random.nextInt(3) == 0) {
            arguments += ",\"promotion\":\"stop\"";
        }
        return StudyRow.request(StudyJson.tree(REQUEST.formatted(
                sampler,
                random.nextInt(1_000),
                sampler.equals("grid") ? ",\"points\":5" : "",
                pruner,
                arguments,
                order == Order.FIXED ? "fixed" : "arrival",
                1 + random.nextInt(18),
                1 + random.nextInt(4),
                random.nextInt(3) == 0 ? ",\"max_failed_trials\":" + (1 + random.nextInt(3)) : "",
                order == Order.ARRIVAL && random.nextInt(3) == 0
                        ? ",\"max_epochs_total\":" + (9 + random.nextInt(60))
                        : "")));
    }

    private static String pick(Random random, String... names) {
        return names[random.nextInt(names.length)];
    }

    /** What was reported to a study, in order. */
    private interface Fact {
        void report(InMemoryStudy study);
    }

    private static final class Run {
        private final long seed;
        private final Random random;
        private final StudySpecReader.Request request;
        private final InMemoryStudy study;
        private final List<Fact> facts = new ArrayList<>();

        private Run(long seed, long order) {
            this.seed = seed;
            Random shape = new Random(seed);
            this.request = request(shape, shape.nextInt(4) == 0 ? Order.FIXED : Order.ARRIVAL);
            this.random = new Random(order);
            this.study = new InMemoryStudy(request);
        }

        /** Returns null if all was right. */
        private @Nullable String violation() {
            study.advance();
            String wrong = check(study);
            for (int step = 0; wrong == null && !study.hasEnded(); step++) {
                if (step > MAX_STEPS || study.running().isEmpty()) {
                    return "seed %d: does not end".formatted(seed);
                }
                report(anyFact());
                wrong = check(study);
            }
            if (wrong == null && !decidedAgain().equals(study.decisions())) {
                wrong = "other decisions for the same facts";
            }
            return wrong == null ? null : "seed %d: %s".formatted(seed, wrong);
        }

        private void report(Fact fact) {
            facts.add(fact);
            fact.report(study);
            study.advance();
        }

        private Fact anyFact() {
            List<StudyTrial> running = study.running();
            StudyTrial trial = running.get(random.nextInt(running.size()));
            int number = trial.number();
            int last = trial.trial().lastEpoch();
            return switch (random.nextInt(40)) {
                case 0 -> each -> each.end(number, TrialState.FAILED);
                case 1 -> each -> each.end(number, TrialState.PRUNED);
                case 2 -> {
                    StudyLimits more = raised();
                    yield each -> each.setLimits(more);
                }
                case 3 -> last == 0 ? epoch(number, 1, Double.NaN) : epoch(number, last, 2);
                default -> epoch(number, last + 1, random.nextInt(30) == 0 ? Double.NaN : random.nextDouble());
            };
        }

        private static Fact epoch(int number, int epoch, double objective) {
            return each -> each.epoch(number, epoch, objective);
        }

        private StudyLimits raised() {
            StudyLimits now = study.limits();
            Integer total = now.maxEpochsTotal();
            return new StudyLimits(
                    now.maxTrials() + random.nextInt(2),
                    study.spec().order() == Order.FIXED ? now.parallelTrials() : 1 + random.nextInt(4),
                    now.maxFailedTrials(),
                    null,
                    total == null ? null : (Integer) (total + random.nextInt(5)));
        }

        private List<StudyDecision> decidedAgain() {
            InMemoryStudy again = new InMemoryStudy(request);
            again.advance();
            facts.forEach(fact -> {
                fact.report(again);
                again.advance();
            });
            return again.decisions();
        }

        /** Returns the trials of a study in fixed order whose results are functions of the configuration and epoch. */
        static List<StudyTrial> undisturbed(long seed, long order) {
            InMemoryStudy study = new InMemoryStudy(request(new Random(seed), Order.FIXED));
            Random random = new Random(order);
            study.advance();
            while (!study.hasEnded()) {
                List<StudyTrial> running = study.running();
                StudyTrial trial = running.get(random.nextInt(running.size()));
                int epoch = trial.trial().lastEpoch() + 1;
                double rate =
                        trial.trial().values().get("/train_args/learning_rate").doubleValue();
                study.epoch(trial.number(), epoch, 1 - Math.abs(StrictMath.log10(rate) + 2) / 10 - 0.1 / epoch);
                study.advance();
            }
            return study.trials();
        }

        /** Returns what is wrong; null for nothing. */
        static @Nullable String check(InMemoryStudy study) {
            StudyLimits limits = study.limits();
            List<StudyTrial> trials = study.trials();
            Set<SortedMap<String, JsonNode>> configurations = new HashSet<>();
            long epochs = 0;
            for (StudyTrial trial : trials) {
                int done = trial.trial().lastEpoch();
                epochs += done;
                if (!configurations.add(trial.trial().values())) {
                    return "trial %d repeats a configuration".formatted(trial.number());
                }
                if (trial.trial().state() == TrialState.PAUSED
                        && !Integer.valueOf(done).equals(trial.hold())) {
                    return "trial %d waits after epoch %d".formatted(trial.number(), done);
                }
                if (study.hasEnded() && !trial.isEnded()) {
                    return "trial %d has not ended with its study".formatted(trial.number());
                }
            }
            if (trials.size() > limits.maxTrials()) {
                return "too many trials";
            }
            if (limits.maxEpochsTotal() != null && epochs > limits.maxEpochsTotal()) {
                return "too many epochs";
            }
            return study.startedAboveLimit() ? "too many trials at a time" : null;
        }
    }
}
