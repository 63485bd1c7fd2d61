package dev.trainyard.engine.libtorch;

import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;

/** Zeros for dropped values and 1/(1-rate) for the others, from a batch's own seed and not libtorch's global state. */
final class DropoutMask {
    private DropoutMask() {}

    static Tensor draw(Tensor x, double rate, SplittableRandom random, TorchDevice device) {
        float[] factors = new float[Math.toIntExact(x.numel())];
        float scale = (float) (1 / (1 - rate));
        // two draws of each 64 random bits
        int threshold = (int) (Integer.MIN_VALUE + Math.round(rate * 0x1p32));
        long bits = 0;
        for (int i = 0; i < factors.length; i++) {
            bits = i % 2 == 0 ? random.nextLong() : bits >>> 32;
            factors[i] = (int) bits < threshold ? 0 : scale;
        }
        return Tensors.of(factors, device, x.shape());
    }
}
