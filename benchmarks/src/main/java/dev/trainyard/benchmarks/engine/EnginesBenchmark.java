package dev.trainyard.benchmarks.engine;

import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.engine.TrainingEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Speed of the vector engine against the others that are installed, of two jobs against one, and of two threads against one. */
public final class EnginesBenchmark {
    private static final int TURNS = 3;
    private static final int BATCH = 32;
    /** A batch that several threads share. */
    private static final int LARGE_BATCH = 256;

    private final Path home;

    private EnginesBenchmark(Path home) {
        this.home = home;
    }

    private interface Measured {
        /** Samples per second. */
        double rate() throws IOException, InterruptedException;
    }

    /** @param home the clone */
    public static void run(Path home) throws IOException, InterruptedException {
        EnginesBenchmark benchmark = new EnginesBenchmark(home);
        for (String network : List.of("lenet5", "mlp")) {
            for (String other : otherEngines()) {
                compare(
                        "train " + network + ", batch 32: vector engine against " + other,
                        () -> benchmark.oneJob("vector", network, BATCH, 1),
                        () -> benchmark.oneJob(other, network, BATCH, 1),
                        "> 1");
            }
            compare(
                    "train " + network + ", batch 32: two jobs of the vector engine against one",
                    () -> benchmark.twoJobs(network),
                    () -> benchmark.oneJob("vector", network, BATCH, 1),
                    "≥ 1.9 with two cores");
            compare(
                    "train " + network + ", batch 256: two threads of the vector engine against one",
                    () -> benchmark.oneJob("vector", network, LARGE_BATCH, 2),
                    () -> benchmark.oneJob("vector", network, LARGE_BATCH, 1),
                    "> 1 with two cores");
        }
    }

    /** Ids of the installed engines, without the vector engine. */
    private static List<String> otherEngines() {
        return ServiceLoader.load(TrainingEngine.class).stream()
                .map(found -> found.get().id())
                .filter(id -> !id.equals("vector"))
                .toList();
    }

    /** Medians of measurements in turns, so that noise of the machine affects both. */
    private static void compare(String title, Measured measured, Measured reference, String target)
            throws IOException, InterruptedException {
        List<Double> rates = new ArrayList<>();
        List<Double> references = new ArrayList<>();
        for (int turn = 0; turn < TURNS; turn++) {
            rates.add(measured.rate());
            references.add(reference.rate());
        }
        double rate = Table.median(rates);
        double other = Table.median(references);
        Table.row(
                title,
                Table.format("%,.0f samples/s", rate),
                Table.format("%,.0f samples/s", other),
                Table.format("%.2f", rate / other),
                target);
    }

    private double oneJob(String engine, String network, int batchSize, int threads)
            throws IOException, InterruptedException {
        EngineJvm jvm = new EngineJvm(home, engine, network, batchSize, threads);
        jvm.start();
        return jvm.rate();
    }

    private double twoJobs(String network) throws IOException, InterruptedException {
        EngineJvm one = new EngineJvm(home, "vector", network, BATCH, 1);
        EngineJvm other = new EngineJvm(home, "vector", network, BATCH, 1);
        one.start();
        other.start();
        return one.rate() + other.rate();
    }
}
