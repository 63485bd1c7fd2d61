package dev.trainyard.trainer.variant;

import ai.onnxruntime.OrtException;
import dev.trainyard.dataset.ImageDataset;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** Measures the latency of variants in turns, so that noise of the machine affects all of them. */
final class LatencyBenchmark {
    private static final int ROUNDS = 21;
    /** Long enough for the clock's resolution, short enough that noise affects all variants. */
    private static final long TURN_NANOS = 4_000_000;

    private static final long WARM_NANOS = 100_000_000;
    private static final int MIN_WARM = 3;

    private LatencyBenchmark() {}

    /**
     * Median time of a run of each variant, in microseconds.
     *
     * @param batch images per run
     * @param step called between turns; an exception ends the work
     */
    static double[] micros(List<LoadedVariant> variants, ImageDataset images, int batch, Runnable step)
            throws OrtException {
        FloatBuffer pixels = LoadedVariant.pixels(images, 0, batch);
        int[] runs = new int[variants.size()];
        for (int i = 0; i < runs.length; i++) {
            double micros = warm(variants.get(i), pixels, images, batch);
            runs[i] = (int) Math.max(1, TURN_NANOS / 1e3 / micros);
            step.run();
        }
        double[][] times = new double[variants.size()][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < variants.size(); i++) {
                times[i][round] = turn(variants.get(i), pixels, images, batch, runs[i]);
            }
            step.run();
        }
        return Arrays.stream(times).mapToDouble(LatencyBenchmark::median).toArray();
    }

    /** Warms up and returns the approximate time of a run. */
    private static double warm(LoadedVariant variant, FloatBuffer pixels, ImageDataset images, int batch)
            throws OrtException {
        long end = System.nanoTime() + WARM_NANOS;
        double last = 0;
        for (int run = 0; run < MIN_WARM || System.nanoTime() < end; run++) {
            last = turn(variant, pixels, images, batch, 1);
        }
        return last;
    }

    private static double turn(LoadedVariant variant, FloatBuffer pixels, ImageDataset images, int batch, int runs)
            throws OrtException {
        long started = System.nanoTime();
        for (int i = 0; i < runs; i++) {
            variant.run(pixels, images, batch);
        }
        return (System.nanoTime() - started) / 1e3 / runs;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
