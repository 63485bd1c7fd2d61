package dev.trainyard.benchmarks;

import dev.trainyard.benchmarks.dataset.DatasetBenchmark;
import dev.trainyard.benchmarks.drain.DrainBenchmark;
import dev.trainyard.benchmarks.engine.BundledConfusion;
import dev.trainyard.benchmarks.engine.BundledModel;
import dev.trainyard.benchmarks.engine.EngineBenchmark;
import dev.trainyard.benchmarks.engine.EnginesBenchmark;
import dev.trainyard.benchmarks.estimates.EstimatesBenchmark;
import dev.trainyard.benchmarks.hostile.HostileImagesBenchmark;
import dev.trainyard.benchmarks.idle.IdleBenchmark;
import dev.trainyard.benchmarks.load.PredictBenchmark;
import dev.trainyard.benchmarks.load.SubmitBenchmark;
import dev.trainyard.benchmarks.models.ModelLoadBenchmark;
import dev.trainyard.benchmarks.pictures.ImageFormsBenchmark;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.benchmarks.trust.TrustBenchmark;
import dev.trainyard.benchmarks.variants.VariantsBenchmark;
import dev.trainyard.benchmarks.worker.PredictorBenchmark;
import java.nio.file.Path;
import java.util.List;

/** Runs benchmarks and prints their results; started by {@code benchmarks/run}. */
public final class Main {
    private static final List<String> ALL = List.of("engine", "dataset", "worker", "models", "predict", "submit");
    private static final String DRAIN = "drain";
    private static final String ENGINES = "engines";

    private static final String IDLE = "idle";
    /** Run only if they are named. */
    private static final List<String> ON_REQUEST = List.of(DRAIN, IDLE, ENGINES);
    /** The status that a shell reports after Ctrl-C. */
    private static final int STOPPED = 130;

    private Main() {}

    public static void main(String[] args) throws Exception {
        try {
            System.exit(run(args));
        } catch (InterruptedException e) {
            System.err.println("Stopped.");
            System.exit(STOPPED);
        }
    }

    private static int run(String[] args) throws Exception {
        Path home = Path.of(System.getProperty("trainyard.home"));
        List<String> rest = List.of(args).subList(Math.min(1, args.length), args.length);
        if (args.length > 0 && args[0].equals("trust")) {
            TrustBenchmark.run(home, rest);
            return 0;
        }
        if (args.length == 1 && args[0].equals("bundled")) {
            BundledModel.train(home);
            BundledConfusion.update(home);
            return 0;
        }
        if (args.length == 2 && args[0].equals("bundled") && args[1].equals("mistakes")) {
            BundledConfusion.update(home);
            return 0;
        }
        if (args.length == 1 && args[0].equals("variants")) {
            VariantsBenchmark.run(home);
            return 0;
        }
        if (args.length == 1 && args[0].equals("estimates")) {
            Table.heading();
            EstimatesBenchmark.run(
                    home,
                    Integer.getInteger("estimates.learning", 40),
                    Integer.getInteger("estimates.jobs", 100),
                    Integer.getInteger("estimates.images", 20_000));
            return 0;
        }
        if (args.length == 1 && args[0].equals("pictures")) {
            ImageFormsBenchmark.run(home);
            return 0;
        }
        if (args.length > 0 && args[0].equals("hostile")) {
            return HostileImagesBenchmark.run(home, rest);
        }
        List<String> selected = args.length == 0 ? ALL : List.of(args);
        for (String name : selected) {
            if (!ALL.contains(name) && !ON_REQUEST.contains(name)) {
                System.err.printf(
                        "Unknown benchmark %s. Available: %s, %s, trust, variants, bundled, estimates, pictures and hostile.%n",
                        name, String.join(", ", ALL), String.join(", ", ON_REQUEST));
                return 2;
            }
        }
        Table.heading();
        for (String name : selected) {
            switch (name) {
                case "engine" -> EngineBenchmark.run(home);
                case ENGINES -> EnginesBenchmark.run(home);
                case "dataset" -> DatasetBenchmark.run(home);
                case "worker" -> PredictorBenchmark.run(home);
                case "models" -> ModelLoadBenchmark.run(home);
                case "predict" -> PredictBenchmark.run(home);
                case DRAIN -> DrainBenchmark.run(home, Integer.getInteger("drain.jobs", 10_000));
                case IDLE -> IdleBenchmark.run(home);
                default -> SubmitBenchmark.run(home);
            }
        }
        return 0;
    }
}
