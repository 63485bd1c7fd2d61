package dev.trainyard.engine.dl4j;

import java.nio.FloatBuffer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * Cross-entropy that counts correct predictions of each training batch, using values that training computes anyway.
 */
final class CountingCrossEntropy extends LossMCXENT {
    private static final long serialVersionUID = 1;

    private transient long right;

    static CountingCrossEntropy of(MultiLayerNetwork network) {
        return (CountingCrossEntropy)
                ((OutputLayer) network.getOutputLayer().conf().getLayer()).getLossFn();
    }

    /** Returns the number of correct predictions in training mode since the last call. */
    long takeRight() {
        long counted = right;
        right = 0;
        return counted;
    }

    @Override
    public INDArray computeGradient(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        INDArray gradient = super.computeGradient(labels, preOutput, activation, mask);
        count(gradient, labels);
        return gradient;
    }

    /**
     * The gradient of softmax with cross-entropy is probability - label. Read in place, because row views cost a
     * millisecond.
     */
    private void count(INDArray gradient, INDArray labels) {
        FloatBuffer differences = gradient.data().asNioFloat();
        FloatBuffer wanted = labels.data().asNioFloat();
        for (long row = 0; row < gradient.size(0); row++) {
            int best = 0;
            int label = 0;
            float most = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < gradient.size(1); i++) {
                float truth = wanted.get(index(labels, row, i));
                float probability = differences.get(index(gradient, row, i)) + truth;
                label = truth > 0.5f ? i : label;
                best = probability > most ? i : best;
                most = Math.max(most, probability);
            }
            right += best == label ? 1 : 0;
        }
    }

    private static int index(INDArray matrix, long row, long column) {
        return (int) (matrix.offset() + row * matrix.stride(0) + column * matrix.stride(1));
    }
}
