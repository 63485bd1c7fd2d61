package dev.trainyard.trainer.variant;

import ai.onnxruntime.OrtException;
import dev.trainyard.dataset.ImageDataset;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** How long forms of a model take, measured in turns so that a noisy moment of the machine hits all of them. */
final class Pace {
    private static final int ROUNDS = 25;
    private static final int IMAGES_WARM = 2_000;
    private static final int IMAGES_A_TURN = 128;

    private Pace() {}

    /**
     * Median time of a run of each form, microseconds.
     *
     * @param batch images a run
     * @param step runs between turns; what it throws ends the work
     */
    static double[] micros(List<LoadedForm> forms, ImageDataset images, int batch, Runnable step) throws OrtException {
        FloatBuffer pixels = LoadedForm.pixels(images, 0, batch);
        for (LoadedForm form : forms) {
            turn(form, pixels, images, batch, IMAGES_WARM / batch);
            step.run();
        }
        int runs = Math.max(1, IMAGES_A_TURN / batch);
        double[][] times = new double[forms.size()][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < forms.size(); i++) {
                times[i][round] = turn(forms.get(i), pixels, images, batch, runs);
            }
            step.run();
        }
        return Arrays.stream(times).mapToDouble(Pace::median).toArray();
    }

    private static double turn(LoadedForm form, FloatBuffer pixels, ImageDataset images, int batch, int runs)
            throws OrtException {
        long started = System.nanoTime();
        for (int i = 0; i < runs; i++) {
            form.run(pixels, images, batch);
        }
        return (System.nanoTime() - started) / 1e3 / runs;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
