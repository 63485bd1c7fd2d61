package dev.trainyard.benchmarks.peers;

import java.nio.file.Path;
import java.util.List;

/** Compares the platform with other frameworks and servers in one run. */
public final class PeersBenchmark {
    private static final String TRAIN = "train";
    private static final String JOB = "job";
    private static final String PREDICT = "predict";
    private static final List<String> PARTS = List.of(TRAIN, JOB, PREDICT);

    private PeersBenchmark() {}

    /** @return the exit code */
    public static int run(Path home, List<String> named) throws Exception {
        List<String> parts = named.isEmpty() ? PARTS : named;
        if (!PARTS.containsAll(parts)) {
            System.err.printf("Unknown part of peers. Available: %s.%n", String.join(", ", PARTS));
            return 2;
        }
        try {
            compare(parts, home, new PeerEnvironments(home));
        } catch (PeerUnavailableException e) {
            System.err.println(e.getMessage());
            return 1;
        }
        return 0;
    }

    private static void compare(List<String> parts, Path home, PeerEnvironments environments) throws Exception {
        for (String part : parts) {
            switch (part) {
                case TRAIN -> new TrainingComparison(home, environments).rates();
                case JOB -> new TrainingComparison(home, environments).jobs();
                default -> PredictionComparison.run(home, environments);
            }
            System.out.println();
        }
    }
}
