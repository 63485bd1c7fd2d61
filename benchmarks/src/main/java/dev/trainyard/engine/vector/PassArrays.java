package dev.trainyard.engine.vector;

import java.util.Random;

/** Arrays for each {@link Pass}, filled with the same values in each run. */
final class PassArrays {
    /** Those of lenet5, padded. */
    static final int PARAMETERS = 62_752;

    final Kernels kernels = new VectorKernels();
    final SoftmaxLoss loss = new SoftmaxLoss(Layout.units(10));
    final int[] labels = new int[Layer.MOST_SAMPLES];
    final float[] bias = new float[128];
    final float[] x = values(Layer.MOST_SAMPLES * 15_200 + Kernels.LANES);
    final float[] most = values(Layer.MOST_SAMPLES * 1568 + Kernels.LANES);
    final float[] out = values(Layer.MOST_SAMPLES * 1176 + Kernels.LANES);
    final float[] d = values(Layer.MOST_SAMPLES * 1176 + Kernels.LANES);
    final float[] dx = values(6272 + Kernels.LANES);
    final float[] weights = values(PARAMETERS);
    final float[] gradients = values(PARAMETERS);
    final float[] mean = new float[PARAMETERS];
    final float[] square = new float[PARAMETERS];

    private static float[] values(int count) {
        Random random = new Random(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }
}
