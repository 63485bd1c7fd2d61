package dev.trainyard.benchmarks.studies;

import dev.trainyard.benchmarks.peers.PeerEnvironments;
import dev.trainyard.benchmarks.peers.PeerUnavailableException;
import dev.trainyard.benchmarks.report.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Median regret of the samplers over many seeds, Optuna's TPE in the same run; and how long a suggestion takes. */
public final class StudiesBenchmark {
    private static final int TRIALS = 100;
    private static final int LONG_STUDY = 1_000;
    private static final int RESAMPLES = 2_000;
    private static final double MOST_OF_OPTUNA = 1.1;
    private static final double MOST_OF_RANDOM = 0.5;

    private StudiesBenchmark() {}

    /** @return the exit code */
    public static int run(Path home, int seeds) throws IOException, InterruptedException {
        PeerEnvironments environments = new PeerEnvironments(home);
        try {
            for (TestFunction function : TestFunction.values()) {
                compare(environments, function, seeds);
            }
        } catch (PeerUnavailableException e) {
            System.err.println(e.getMessage());
            return 1;
        }
        suggestionTime();
        return 0;
    }

    private static void compare(PeerEnvironments environments, TestFunction function, int seeds)
            throws IOException, InterruptedException {
        List<Double> tpe = new ArrayList<>();
        List<Double> cmaEs = new ArrayList<>();
        List<Double> random = new ArrayList<>();
        List<Double> optuna = new ArrayList<>();
        try (OptunaSearch peer = new OptunaSearch(environments, function, TRIALS)) {
            for (int seed = 0; seed < seeds; seed++) {
                tpe.add(function.regret(new OwnSearch("tpe", function).smallest(TRIALS, seed)));
                cmaEs.add(function.regret(new OwnSearch("cma_es", function).smallest(TRIALS, seed)));
                random.add(function.regret(new OwnSearch("random", function).smallest(TRIALS, seed)));
                optuna.add(function.regret(peer.smallest(seed)));
            }
        }
        String what = Table.format("%s, %d trials, %d seeds, median regret: ", function.title, TRIALS, seeds);
        row(what + "TPE, reference Optuna's TPE", tpe, optuna, MOST_OF_OPTUNA);
        row(what + "TPE, reference random", tpe, random, MOST_OF_RANDOM);
        row(what + "CMA-ES, reference random", cmaEs, random, MOST_OF_RANDOM);
    }

    private static void row(String what, List<Double> measured, List<Double> reference, double target) {
        double ratio = ratio(measured, reference);
        Table.row(
                what,
                Table.format("%.4f", Table.median(measured)),
                Table.format("%.4f", Table.median(reference)),
                Table.format("%.2f, 90 %% interval %s", ratio, interval(measured, reference)),
                Table.format("at most %.1f: %s", target, ratio <= target ? "met" : "missed"));
    }

    private static double ratio(List<Double> measured, List<Double> reference) {
        return Table.median(measured) / Table.median(reference);
    }

    /** Returns the bootstrap interval of the ratio: few seeds leave it wider than the target is strict. */
    private static String interval(List<Double> measured, List<Double> reference) {
        Random random = new Random(1);
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < RESAMPLES; i++) {
            ratios.add(ratio(resampled(measured, random), resampled(reference, random)));
        }
        Collections.sort(ratios);
        return Table.format("%.2f to %.2f", ratios.get(RESAMPLES / 20), ratios.get(RESAMPLES - RESAMPLES / 20));
    }

    private static List<Double> resampled(List<Double> values, Random random) {
        return values.stream()
                .map(ignored -> values.get(random.nextInt(values.size())))
                .toList();
    }

    private static void suggestionTime() {
        OwnSearch study = new OwnSearch("tpe", TestFunction.HARTMANN6);
        study.smallest(LONG_STUDY, 0);
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            times.add(study.run(0));
        }
        Collections.sort(times);
        double slow = times.get(98) / 1e6;
        Table.row(
                Table.format("TPE, one suggestion of 6 parameters after %,d trials, p99", LONG_STUDY),
                Table.format("%.1f ms", slow),
                "",
                "",
                Table.format("at most 20 ms with its transaction: %s", slow <= 20 ? "met" : "missed"));
    }
}
