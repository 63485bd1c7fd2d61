package dev.trainyard.engine.libtorch;

import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Updates all parameters at once, with a learning rate that falls along half a cosine over the epochs of its schedule. */
final class TorchOptimizer implements AutoCloseable {
    private static final double MEAN_DECAY = 0.9;
    private static final double SQUARE_DECAY = 0.999;
    private static final double RMS_DECAY = 0.95;
    private static final double EPSILON = 1e-8;

    private final TrainArgs args;
    private final TorchDevice device;
    private final Tensor weights;
    private final Tensor gradients;
    /** Running means: of gradients and of their squares (Adam), of squares (RMSProp). */
    private final List<Tensor> means = new ArrayList<>();

    private int steps;

    TorchOptimizer(TorchNetwork network, TrainArgs args, TorchDevice device) {
        this.args = args;
        this.device = device;
        this.weights = network.values();
        this.gradients = network.gradients();
        int count =
                switch (args.optimizer()) {
                    case ADAM -> 2;
                    case RMSPROP -> 1;
                    case SGD -> 0;
                };
        for (int i = 0; i < count; i++) {
            means.add(device.zeros(weights.numel()));
        }
        if (args.optimizer() == Optimizer.RMSPROP) {
            try (PointerScope scope = new PointerScope()) {
                squares().add_(new Scalar(EPSILON)); // as DL4J starts
            }
        }
    }

    /** Takes a step with the learning rate of {@code epoch}, in the caller's scope and without gradient mode. */
    void step(int epoch) {
        steps++;
        double rate = rate(epoch);
        switch (args.optimizer()) {
            case ADAM -> {
                Tensor mean = means.get(0);
                mean.mul_(new Scalar(MEAN_DECAY)).add_(gradients, new Scalar(1 - MEAN_DECAY));
                addSquares(SQUARE_DECAY);
                double unbiased = rate
                        * Math.sqrt(1 - StrictMath.pow(SQUARE_DECAY, steps))
                        / (1 - StrictMath.pow(MEAN_DECAY, steps));
                weights.addcdiv_(mean, root(), new Scalar(-unbiased));
            }
            case RMSPROP -> {
                addSquares(RMS_DECAY);
                weights.addcdiv_(gradients, root(), new Scalar(-rate));
            }
            case SGD -> weights.add_(gradients, new Scalar(-rate));
        }
    }

    private Tensor squares() {
        return means.get(means.size() - 1);
    }

    private void addSquares(double decay) {
        squares().mul_(new Scalar(decay)).addcmul_(gradients, gradients, new Scalar(1 - decay));
    }

    private Tensor root() {
        return squares().sqrt().add_(new Scalar(EPSILON));
    }

    private double rate(int epoch) {
        double done = Math.min(1, (double) epoch / args.decayEpochs());
        return args.learningRate() * 0.5 * (1 + StrictMath.cos(Math.PI * done));
    }

    int steps() {
        return steps;
    }

    float[] values() {
        int size = Math.toIntExact(weights.numel());
        float[] all = new float[means.size() * size];
        try (PointerScope scope = new PointerScope()) {
            for (int i = 0; i < means.size(); i++) {
                System.arraycopy(Tensors.read(means.get(i)), 0, all, i * size, size);
            }
        }
        return all;
    }

    /** @throws IllegalArgumentException if there are not as many values as this optimizer has */
    void restore(int stepsDone, float[] values) {
        int size = Math.toIntExact(weights.numel());
        if (values.length != means.size() * size) {
            throw new IllegalArgumentException("a checkpoint of another optimizer");
        }
        steps = stepsDone;
        try (PointerScope scope = new PointerScope()) {
            for (int i = 0; i < means.size(); i++) {
                Tensors.write(Arrays.copyOfRange(values, i * size, (i + 1) * size), device, means.get(i));
            }
        }
    }

    @Override
    public void close() {
        means.forEach(Tensor::close);
    }
}
