package dev.trainyard.benchmarks.peers;

import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.dataset.MnistNpz;
import dev.trainyard.trainer.data.ShardDatasets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Trains on one archive with each competitor, in a process of its own with one thread for the mathematics. */
final class Trainings {
    private static final Map<String, String> ONE_THREAD = Map.of(
            // as a platform sets them for its trainers
            "MALLOC_TRIM_THRESHOLD_", "1073741824",
            "MALLOC_MMAP_THRESHOLD_", "1073741824",
            "OMP_NUM_THREADS", "1",
            "MKL_NUM_THREADS", "1",
            "TF_NUM_INTRAOP_THREADS", "1",
            "TF_NUM_INTEROP_THREADS", "1",
            "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1");
    /** Images that the trainer holds out of splits ten times as large if it publishes the model. */
    private static final int HELD_OUT = 3_000;

    private final Path home;
    private final PeerEnvironments environments;
    private final Path archive;
    private final Path datasets;
    private final int images;

    /** @param archive an npz; the trainer's own form is made from it here, once, as on a worker */
    Trainings(Path home, PeerEnvironments environments, Path archive) throws IOException {
        this.home = home;
        this.environments = environments;
        this.archive = archive;
        this.datasets = Files.createTempDirectory("trainyard-peers");
        new ShardDatasets(datasets, Optional.of(archive)).load("MnistDataset");
        int all = MnistNpz.read(archive).train().size();
        // the same number for all
        this.images = all >= 10 * HELD_OUT ? all - HELD_OUT : all;
    }

    MeasuredTraining run(Competitor competitor, String network, int epochs) throws IOException, InterruptedException {
        ProcessBuilder builder =
                competitor.peer() ? peer(competitor, network, epochs) : own(competitor, network, epochs);
        builder.environment().putAll(ONE_THREAD);
        MeasuredTraining run = MeasuredTraining.of(builder, environments.log("train-" + competitor.engine));
        System.err.println(Table.format(
                "%s, %s: %,.0f samples/s on %.2f cores, %.1f s",
                network, competitor.title, run.rate(), run.cores(), run.seconds()));
        return run;
    }

    private ProcessBuilder peer(Competitor peer, String network, int epochs) throws IOException, InterruptedException {
        return environments.python(
                peer.environment,
                List.of(
                        "train_" + peer.environment + ".py",
                        peer.engine,
                        network,
                        archive.toString(),
                        String.valueOf(images),
                        String.valueOf(epochs),
                        datasets.toString()));
    }

    private ProcessBuilder own(Competitor engine, String network, int epochs) {
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + home.resolve("trainer-worker/src/main/jvm/trainer.args"),
                "-cp",
                System.getProperty("java.class.path"),
                OwnTrainingProcess.class.getName(),
                engine.engine,
                network,
                String.valueOf(images),
                String.valueOf(epochs),
                datasets.toString());
    }
}
