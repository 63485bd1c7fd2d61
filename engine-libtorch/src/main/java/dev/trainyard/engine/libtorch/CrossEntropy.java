package dev.trainyard.engine.libtorch;

import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Cross-entropy of some images.
 *
 * @param logProbabilities natural logarithms, [samples, classes]
 */
record CrossEntropy(Tensor logProbabilities, float[] values, int[] labels, int classes) {

    static CrossEntropy of(Tensor logits, int[] labels, int classes) {
        Tensor logProbabilities = torch.log_softmax(logits, 1);
        return new CrossEntropy(logProbabilities, Tensors.read(logProbabilities), labels, classes);
    }

    double lossSum() {
        double sum = 0;
        for (int row = 0; row < labels.length; row++) {
            sum -= values[row * classes + labels[row]];
        }
        return sum;
    }

    int right() {
        int right = 0;
        for (int row = 0; row < labels.length; row++) {
            right += largest(row) == labels[row] ? 1 : 0;
        }
        return right;
    }

    /** The first of the largest values. */
    private int largest(int row) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
            best = values[row * classes + c] > values[row * classes + best] ? c : best;
        }
        return best;
    }

    /** Adds the gradient of the summed loss over {@code batchSize} to the parameters' gradients. */
    void backward(int batchSize, TorchDevice device) {
        float[] gradient = new float[values.length];
        for (int row = 0; row < labels.length; row++) {
            gradient[row * classes + labels[row]] = -1f / batchSize;
        }
        logProbabilities.backward(
                Tensors.of(gradient, device, labels.length, classes),
                new BoolOptional(),
                false,
                new TensorArrayRefOptional());
    }

    /** Probabilities of one image. */
    float[] probabilities(int row) {
        float[] probabilities = new float[classes];
        for (int c = 0; c < classes; c++) {
            probabilities[c] = (float) StrictMath.exp(values[row * classes + c]);
        }
        return probabilities;
    }
}
