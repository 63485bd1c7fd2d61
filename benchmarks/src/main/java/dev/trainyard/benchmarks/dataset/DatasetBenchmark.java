package dev.trainyard.benchmarks.dataset;

import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.dataset.DatasetConverter;
import dev.trainyard.dataset.DatasetManifest;
import dev.trainyard.dataset.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Compares reading MNIST's shards, with CRCs and digests checked, to reading the same files only. */
public final class DatasetBenchmark {
    private static final int ROUNDS = 12;

    private DatasetBenchmark() {}

    /** @param home the clone */
    public static void run(Path home) throws IOException {
        Path folder = Files.createTempDirectory("trainyard-benchmark").resolve("mnist");
        DatasetManifest manifest = DatasetConverter.convert(home.resolve("data/mnist.npz"), folder);
        double megabytes = manifest.shards().stream()
                        .mapToLong(DatasetManifest.Shard::bytes)
                        .sum()
                / 1e6;
        List<Double> read = new ArrayList<>();
        List<Double> plain = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            long started = System.nanoTime();
            for (Split split : Split.values()) {
                manifest.load(folder, split);
            }
            long between = System.nanoTime();
            for (DatasetManifest.Shard shard : manifest.shards()) {
                Files.readAllBytes(folder.resolve(shard.file()));
            }
            if (round >= 2) { // the first rounds are warm-up
                read.add(megabytes / ((between - started) / 1e9));
                plain.add(megabytes / ((System.nanoTime() - between) / 1e9));
            }
        }
        double ours = Table.median(read);
        double files = Table.median(plain);
        Table.row(
                "read MNIST's TFRecords, everything checked, against the files' bytes alone",
                Table.format("%,.0f MB/s", ours),
                Table.format("%,.0f MB/s", files),
                Table.format("%.2f", ours / files),
                "≥ 200 MB/s");
    }
}
