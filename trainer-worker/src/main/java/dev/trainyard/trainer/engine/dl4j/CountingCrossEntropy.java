package dev.trainyard.trainer.engine.dl4j;

import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** Cross-entropy that counts the right answers of each training batch, from what training computes anyway. */
final class CountingCrossEntropy extends LossMCXENT {
    private static final long serialVersionUID = 1;

    private transient long right;

    static CountingCrossEntropy of(MultiLayerNetwork network) {
        return (CountingCrossEntropy)
                ((OutputLayer) network.getOutputLayer().conf().getLayer()).getLossFn();
    }

    /** Right answers since the last call, counted in training mode. */
    long takeRight() {
        long counted = right;
        right = 0;
        return counted;
    }

    @Override
    public INDArray computeGradient(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        INDArray gradient = super.computeGradient(labels, preOutput, activation, mask);
        // of softmax with cross-entropy the gradient is probability - label
        float[][] rows = gradient.toFloatMatrix();
        float[][] wanted = labels.toFloatMatrix();
        for (int row = 0; row < rows.length; row++) {
            int label = largest(wanted[row]);
            rows[row][label] += 1;
            right += largest(rows[row]) == label ? 1 : 0;
        }
        return gradient;
    }

    /** Index of the largest value, the first of equal ones. */
    static int largest(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }
}
