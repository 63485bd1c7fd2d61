package dev.trainyard.benchmarks.peers;

import dev.trainyard.benchmarks.drain.MnistSubset;
import dev.trainyard.benchmarks.report.Table;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Training of lenet5 and mlp, batch 32, Adam, one thread: the platform's engines and the peers in turns. */
final class TrainingComparison {
    /** Whole jobs of the other two take long, and their epochs are slower than eager PyTorch's. */
    private static final List<Competitor> IN_JOBS =
            List.of(Competitor.AUTO, Competitor.EAGER, Competitor.KERAS, Competitor.JAX);

    private static final int TURNS = Integer.getInteger("peers.turns", 3);
    private static final int IMAGES = Integer.getInteger("peers.images", 19_200);
    private static final int TEST_IMAGES = 1_000;
    private static final int JOB_IMAGES = Integer.getInteger("peers.job.images", 60_000);
    private static final int ALL_TEST_IMAGES = 10_000;
    private static final int JOB_EPOCHS = 3;

    private final Path home;
    private final PeerEnvironments environments;
    private final List<Competitor> competitors = new ArrayList<>(List.of(Competitor.values()));

    TrainingComparison(Path home, PeerEnvironments environments) {
        this.home = home;
        this.environments = environments;
        if (!onPath("gcc")) {
            System.err.println("torch.compile is left out, because it needs gcc.");
            competitors.remove(Competitor.COMPILED);
        }
    }

    /** Samples per second of the second epoch, medians; only what has a bar runs in every turn. */
    void rates() throws IOException, InterruptedException {
        Trainings trainings = new Trainings(home, environments, images(IMAGES, TEST_IMAGES));
        heading(
                "network",
                "trained by",
                "runs",
                "samples/s",
                "per second of processor time",
                "`auto` is faster by",
                "required");
        for (String network : List.of("lenet5", "mlp")) {
            Map<Competitor, List<MeasuredTraining>> runs = new EnumMap<>(Competitor.class);
            // in turns, so that noise of the machine affects all
            for (int turn = 0; turn < TURNS; turn++) {
                for (Competitor each : competitors) {
                    if (turn == 0 || each == Competitor.AUTO || each.hasBar()) {
                        runs.computeIfAbsent(each, key -> new ArrayList<>()).add(trainings.run(each, network, 2));
                    }
                }
            }
            double auto = rate(runs.getOrDefault(Competitor.AUTO, List.of()));
            for (Competitor each : competitors) {
                List<MeasuredTraining> measured = runs.getOrDefault(each, List.of());
                double rate = rate(measured);
                double perProcessorSecond = Table.median(
                        measured.stream().map(run -> run.rate() / run.cores()).toList());
                row(
                        network,
                        each.title,
                        String.valueOf(measured.size()),
                        Table.format("%,.0f", rate),
                        Table.format("%,.0f", perProcessorSecond),
                        Table.format("%.2f", auto / rate),
                        required(network, each));
            }
        }
    }

    private static String required(String network, Competitor other) {
        if (!other.hasBar()) {
            return "";
        }
        return network.equals("lenet5") ? "≥ 1.5, stretch 2.5" : "≥ 1.3";
    }

    /** The time of whole jobs, from the start of a process to its end, and the accuracy of the model. */
    void jobs() throws IOException, InterruptedException {
        Trainings trainings = new Trainings(home, environments, images(JOB_IMAGES, ALL_TEST_IMAGES));
        heading(
                "network",
                "trained by",
                "3 epochs from start to end",
                "test accuracy",
                "part of the fastest peer's time",
                "required");
        String network = "lenet5";
        Map<Competitor, MeasuredTraining> runs = new EnumMap<>(Competitor.class);
        for (Competitor each : IN_JOBS) {
            runs.put(each, trainings.run(each, network, JOB_EPOCHS));
        }
        double fastest = runs.entrySet().stream()
                .filter(run -> run.getKey().peer())
                .mapToDouble(run -> run.getValue().seconds())
                .min()
                .orElseThrow();
        runs.forEach((each, run) -> row(
                network,
                each.title,
                Table.format("%.1f s", run.seconds()),
                Table.format("%.2f %%", 100 * run.accuracy()),
                Table.format("%.2f", run.seconds() / fastest),
                each == Competitor.AUTO ? "≤ 0.7" : ""));
    }

    private static double rate(List<MeasuredTraining> runs) {
        return Table.median(runs.stream().map(MeasuredTraining::rate).toList());
    }

    private Path images(int train, int test) throws IOException {
        Path subset = Files.createTempDirectory("trainyard-peers").resolve("mnist.npz");
        MnistSubset.write(home.resolve("data/mnist.npz"), subset, train, test);
        return subset;
    }

    private static boolean onPath(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static void heading(String... columns) {
        row(columns);
        System.out.println("|" + "---|".repeat(columns.length));
    }

    private static void row(String... columns) {
        System.out.println("| " + String.join(" | ", columns) + " |");
    }
}
