package dev.trainyard.trainer.engine.dl4j;

import java.util.List;
import java.util.function.IntUnaryOperator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Counts right answers of a training batch from the activations that training computes anyway. */
final class RunningAccuracy extends BaseTrainingListener {
    private IntUnaryOperator labels;
    private int right;

    /** What the rows of the next batch should be. */
    void expect(IntUnaryOperator labelOfRow) {
        labels = labelOfRow;
        right = 0;
    }

    int right() {
        return right;
    }

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
        float[][] rows = activations.get(activations.size() - 1).toFloatMatrix();
        for (int row = 0; row < rows.length; row++) {
            right += largest(rows[row]) == labels.applyAsInt(row) ? 1 : 0;
        }
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
