package dev.trainyard.benchmarks;

import dev.trainyard.benchmarks.dataset.DatasetBenchmark;
import dev.trainyard.benchmarks.dispatch.DispatchBenchmark;
import dev.trainyard.benchmarks.drain.DrainBenchmark;
import dev.trainyard.benchmarks.engine.BundledConfusion;
import dev.trainyard.benchmarks.engine.BundledModel;
import dev.trainyard.benchmarks.engine.EngineBenchmark;
import dev.trainyard.benchmarks.engine.EnginesBenchmark;
import dev.trainyard.benchmarks.engine.KernelsBenchmark;
import dev.trainyard.benchmarks.estimates.EstimatesBenchmark;
import dev.trainyard.benchmarks.events.EventsBenchmark;
import dev.trainyard.benchmarks.hostile.HostileImagesBenchmark;
import dev.trainyard.benchmarks.idle.IdleBenchmark;
import dev.trainyard.benchmarks.images.ImageFormsBenchmark;
import dev.trainyard.benchmarks.job.JobBenchmark;
import dev.trainyard.benchmarks.load.AccessBenchmark;
import dev.trainyard.benchmarks.load.PredictBenchmark;
import dev.trainyard.benchmarks.load.SubmitBenchmark;
import dev.trainyard.benchmarks.load.TracesBenchmark;
import dev.trainyard.benchmarks.models.ModelLoadBenchmark;
import dev.trainyard.benchmarks.peers.PeersBenchmark;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.benchmarks.storage.StorageBenchmark;
import dev.trainyard.benchmarks.studies.DecisionsBenchmark;
import dev.trainyard.benchmarks.studies.SearchBenchmark;
import dev.trainyard.benchmarks.studies.StudiesBenchmark;
import dev.trainyard.benchmarks.trust.TrustBenchmark;
import dev.trainyard.benchmarks.variants.VariantsBenchmark;
import dev.trainyard.benchmarks.worker.PredictorBenchmark;
import java.nio.file.Path;
import java.util.List;

/** Runs benchmarks and prints their results; started by {@code benchmarks/run}. */
public final class Main {
    private static final List<String> ALL = List.of("engine", "dataset", "worker", "models", "predict", "submit");
    private static final String DRAIN = "drain";
    private static final String ACCESS = "access";
    private static final String TRACES = "traces";
    private static final String DISPATCH = "dispatch";
    private static final String DECISIONS = "decisions";
    private static final String SEARCH = "search";
    private static final String EVENTS = "events";
    private static final String ENGINES = "engines";
    private static final String JOB = "job";

    private static final String STORAGE = "storage";
    private static final String IDLE = "idle";
    /** Run only if they are named. */
    private static final List<String> ON_REQUEST =
            List.of(DRAIN, DISPATCH, DECISIONS, SEARCH, EVENTS, IDLE, ENGINES, JOB, ACCESS, TRACES, STORAGE);
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
        if (args.length == 1 && args[0].equals("studies")) {
            Table.heading();
            return StudiesBenchmark.run(home, Integer.getInteger("studies.seeds", 30));
        }
        if (args.length == 1 && args[0].equals("kernels")) {
            KernelsBenchmark.run();
            return 0;
        }
        if (args.length == 1 && (args[0].equals("images") || args[0].equals("pictures"))) {
            ImageFormsBenchmark.run(home);
            return 0;
        }
        if (args.length > 0 && args[0].equals("peers")) {
            return PeersBenchmark.run(home, rest);
        }
        if (args.length > 0 && args[0].equals("hostile")) {
            return HostileImagesBenchmark.run(home, rest);
        }
        List<String> selected = args.length == 0 ? ALL : List.of(args);
        for (String name : selected) {
            if (!ALL.contains(name) && !ON_REQUEST.contains(name)) {
                System.err.printf(
                        "Unknown benchmark %s. Available: %s, %s, kernels, trust, variants, bundled, estimates, studies, images, peers and hostile.%n",
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
                case DISPATCH -> DispatchBenchmark.run(home, Integer.getInteger("dispatch.seconds", 120));
                case DECISIONS -> DecisionsBenchmark.run(home);
                case SEARCH ->
                    SearchBenchmark.run(
                            home, Integer.getInteger("search.seeds", 10), Integer.getInteger("search.images", 60_000));
                case EVENTS -> EventsBenchmark.run(home);
                case IDLE -> IdleBenchmark.run(home);
                case JOB -> JobBenchmark.run(home);
                case TRACES -> TracesBenchmark.run(home);
                case STORAGE -> StorageBenchmark.run(home);
                case ACCESS -> AccessBenchmark.run(home);
                default -> SubmitBenchmark.run(home);
            }
        }
        return 0;
    }
}
