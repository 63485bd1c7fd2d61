package dev.trainyard.engine.vector;

import dev.trainyard.network.Activation;

/** Kernels that pass once over their values, on the sizes of a batch of 32 images of lenet5. */
public enum Pass {
    POOLING1("pooling 28×28 with 6 channels", 5 * 6 * 196 * 32) {
        @Override
        void run(PassArrays a) {
            for (int s = 0; s < Layer.MOST_SAMPLES; s++) {
                Kernels.Target target = new Kernels.Target(a.out, s * 1176, true);
                a.kernels.maxPool(POOL1, a.x, s * 6272, a.most, s * 1568, a.bias, 0, target);
            }
        }
    },
    POOLING1_GRADIENT("gradient of that pooling", 4 * 6 * 196 * 32) {
        @Override
        void run(PassArrays a) {
            for (int s = 0; s < Layer.MOST_SAMPLES; s++) {
                a.kernels.maxPoolGradient(POOL1, a.x, s * 6272, a.most, s * 1568, a.d, s * 1176, a.dx);
            }
        }
    },
    WINDOWS2("conv2 windows to rows (copies)", 0) {
        @Override
        void run(PassArrays a) {
            for (int s = 0; s < Layer.MOST_SAMPLES; s++) {
                a.kernels.windowRows(CONV2, a.d, a.x, s * 6272);
            }
        }
    },
    WINDOWS2_GRADIENT("conv2 rows added to windows", 100 * 150 * 32) {
        @Override
        void run(PassArrays a) {
            for (int s = 0; s < Layer.MOST_SAMPLES; s++) {
                a.kernels.addWindowRows(CONV2, a.x, 152, a.dx);
            }
        }
    },
    RELU("bias and relu, 32×120", 2 * 32 * 120) {
        @Override
        void run(PassArrays a) {
            a.kernels.addBias(a.d, 32, 120, a.bias, 0, true);
        }
    },
    TANH("tanh, 32×120", 27 * 32 * 120) {
        @Override
        void run(PassArrays a) {
            a.kernels.activate(Activation.TANH, a.d, 32 * 120);
        }
    },
    SIGMOID("sigmoid, 32×120", 22 * 32 * 120) {
        @Override
        void run(PassArrays a) {
            a.kernels.activate(Activation.SIGMOID, a.d, 32 * 120);
        }
    },
    TANH_GRADIENT("gradient of tanh, 32×120", 3 * 32 * 120) {
        @Override
        void run(PassArrays a) {
            a.kernels.activationGradient(Activation.TANH, a.d, a.out, 32 * 120);
        }
    },
    SOFTMAX("softmax and loss of 32×10, in doubles", 0) {
        @Override
        void run(PassArrays a) {
            a.loss.compute(a.out, a.labels, 32, 32);
        }
    },
    ADAM("Adam, 62,752 parameters", 12 * PassArrays.PARAMETERS) {
        @Override
        void run(PassArrays a) {
            a.kernels.adam(UPDATE, a.weights, a.gradients, a.mean, a.square);
        }
    },
    RMSPROP("RMSProp, 62,752 parameters", 9 * PassArrays.PARAMETERS) {
        @Override
        void run(PassArrays a) {
            a.kernels.rmsProp(UPDATE, a.weights, a.gradients, a.square);
        }
    },
    SGD("SGD, 62,752 parameters", 2 * PassArrays.PARAMETERS) {
        @Override
        void run(PassArrays a) {
            a.kernels.sgd(UPDATE, a.weights, a.gradients);
        }
    };

    private static final Kernels.Pool POOL1 = new Kernels.Pool(28, 28, 6, 8, 2);
    private static final Kernels.Windows CONV2 = new Kernels.Windows(14, 14, 6, 5);
    private static final Kernels.Update UPDATE = new Kernels.Update(1e-6f, 0.9f, 0.999f, 1e-8f);

    private final String title;
    private final double operations;

    Pass(String title, double operations) {
        this.title = title;
        this.operations = operations;
    }

    public String title() {
        return title;
    }

    /** Additions, multiplications, comparisons, divisions and roots of a batch; zero if values are only moved. */
    public double operations() {
        return operations;
    }

    abstract void run(PassArrays arrays);
}
