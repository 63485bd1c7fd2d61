package dev.trainyard.trainer.variant;

import ai.onnxruntime.OrtException;
import dev.trainyard.dataset.ImageDataset;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** Measures the latency of variants in turns, so that noise of the machine affects all of them. */
final class LatencyBenchmark {
    private static final int ROUNDS = 21;
    /** Rounds after which the measurement ends if no variant is close to passing. */
    private static final int FIRST_ROUNDS = 7;
    /** Medians of the first rounds differ less from those of all rounds. */
    private static final double CLOSE_SPEEDUP = VariantGate.MIN_SPEEDUP - 0.03;
    /** Long enough for the clock's resolution, short enough that noise affects all variants. */
    private static final long TURN_NANOS = 1_000_000;

    private static final long WARM_NANOS = 10_000_000;
    private static final int MIN_WARM = 3;

    private LatencyBenchmark() {}

    /**
     * Median time of a run of each variant, in microseconds.
     *
     * @param variants the model itself, then its variants
     * @param batch images per run
     * @param all true to measure all rounds even if no variant is close to passing
     * @param step called between turns; an exception ends the work
     */
    static double[] micros(List<LoadedVariant> variants, ImageDataset images, int batch, boolean all, Runnable step)
            throws OrtException {
        FloatBuffer pixels = LoadedVariant.pixels(images, 0, batch);
        int[] runs = new int[variants.size()];
        for (int i = 0; i < runs.length; i++) {
            double micros = warm(variants.get(i), pixels, images, batch);
            runs[i] = (int) Math.max(1, TURN_NANOS / 1e3 / micros);
            step.run();
        }
        double[][] times = new double[variants.size()][ROUNDS];
        double[] medians = {};
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < variants.size(); i++) {
                times[i][round] = turn(variants.get(i), pixels, images, batch, runs[i]);
            }
            step.run();
            int done = round + 1;
            medians = Arrays.stream(times)
                    .mapToDouble(values -> median(values, done))
                    .toArray();
            if (!all && done == FIRST_ROUNDS && !isAnyClose(medians)) {
                break;
            }
        }
        return medians;
    }

    private static boolean isAnyClose(double[] micros) {
        return Arrays.stream(micros).skip(1).anyMatch(variant -> micros[0] / variant >= CLOSE_SPEEDUP);
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

    private static double median(double[] values, int count) {
        double[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
