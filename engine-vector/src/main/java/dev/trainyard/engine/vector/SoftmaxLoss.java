package dev.trainyard.engine.vector;

/** Softmax with cross-entropy, in doubles and with the same functions everywhere. */
final class SoftmaxLoss {
    private final int classes;
    private final int stride;
    /** Gradient of the summed loss, divided by the batch size: [samples, classes padded]. */
    final float[] gradient;

    private final double[] exponentials;
    private double lossSum;
    private int right;

    SoftmaxLoss(Layout logits) {
        this.classes = logits.channels();
        this.stride = logits.stride();
        this.gradient = logits.array(Layer.MOST_SAMPLES);
        this.exponentials = new double[classes];
    }

    /** Computes loss, correct predictions and gradient. */
    void compute(float[] logits, int[] labels, int samples, int batchSize) {
        lossSum = 0;
        right = 0;
        for (int s = 0; s < samples; s++) {
            int at = s * stride;
            double sum = exponentials(logits, at);
            int best = largest(logits, at);
            int label = labels[s];
            lossSum += StrictMath.log(sum) - ((double) logits[at + label] - logits[at + best]);
            right += best == label ? 1 : 0;
            for (int c = 0; c < classes; c++) {
                double probability = exponentials[c] / sum;
                gradient[at + c] = (float) ((c == label ? probability - 1 : probability) / batchSize);
            }
        }
    }

    private double exponentials(float[] logits, int at) {
        float most = logits[at + largest(logits, at)];
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            exponentials[c] = StrictMath.exp((double) logits[at + c] - most);
            sum += exponentials[c];
        }
        return sum;
    }

    /** The first of the largest values. */
    private int largest(float[] logits, int at) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
            best = logits[at + c] > logits[at + best] ? c : best;
        }
        return best;
    }

    /** Probabilities of one sample. */
    float[] probabilities(float[] logits, int sample) {
        double sum = exponentials(logits, sample * stride);
        float[] row = new float[classes];
        for (int c = 0; c < classes; c++) {
            row[c] = (float) (exponentials[c] / sum);
        }
        return row;
    }

    double lossSum() {
        return lossSum;
    }

    int right() {
        return right;
    }
}
