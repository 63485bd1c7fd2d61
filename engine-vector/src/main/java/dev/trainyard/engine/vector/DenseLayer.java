package dev.trainyard.engine.vector;

import dev.trainyard.engine.onnx.OnnxExporter;
import dev.trainyard.network.Activation;
import java.util.Random;

/** {@code y = f(x · W + b)}: x [samples, in], W [in, units] with rows padded to whole vectors, y [samples, units]. */
final class DenseLayer extends Layer.Weighted {
    private final Kernels kernels;
    private final Parameters parameters;
    private final Activation activation;
    private final int inputs;
    private final int units;
    /** Padded number of units. */
    private final int ld;

    private final int weightsAt;
    private final int biasAt;
    /** W transposed, [units, in padded]; empty if the input needs no gradient. */
    private float[] transposed = new float[0];

    DenseLayer(Kernels kernels, Parameters parameters, Layout in, int units, Activation activation) {
        super(in, Layout.units(units));
        this.kernels = kernels;
        this.parameters = parameters;
        this.activation = activation;
        this.inputs = in.size();
        this.units = units;
        this.ld = out.stride();
        this.weightsAt = parameters.reserve(inputs * ld);
        this.biasAt = parameters.reserve(ld);
    }

    @Override
    void needInputGradient() {
        super.needInputGradient();
        transposed = new float[units * in.stride()];
    }

    @Override
    void initialize(Random random) {
        InitialWeights.draw(parameters.values(), weightsAt, inputs, units, ld, activation, units, random);
    }

    @Override
    void forward(float[] input, int samples) {
        float[] p = parameters.values();
        kernels.multiply(
                Kernels.Operand.rows(input, 0, in.stride()),
                Kernels.Operand.rows(p, weightsAt, ld),
                Kernels.Operand.rows(output, 0, ld),
                samples,
                ld,
                inputs,
                false);
        kernels.addBias(output, samples, ld, p, biasAt, activation == Activation.RELU);
        if (activation != Activation.RELU) {
            kernels.activate(activation, output, samples * ld);
        }
    }

    @Override
    void backward(float[] input, float[] gradient, int samples) {
        kernels.activationGradient(activation, gradient, output, samples * ld);
        float[] g = parameters.gradients();
        kernels.multiply(
                Kernels.Operand.columns(input, 0, in.stride()),
                Kernels.Operand.rows(gradient, 0, ld),
                Kernels.Operand.rows(g, weightsAt, ld),
                inputs,
                ld,
                samples,
                true);
        kernels.addColumnSums(gradient, ld, samples, units, g, biasAt);
        if (needsInputGradient()) {
            int width = in.stride();
            Transpose.of(parameters.values(), weightsAt, ld, inputs, units, transposed, width);
            kernels.multiply(
                    Kernels.Operand.rows(gradient, 0, ld),
                    Kernels.Operand.rows(transposed, 0, width),
                    Kernels.Operand.rows(inputGradient, 0, width),
                    samples,
                    width,
                    units,
                    false);
        }
    }

    @Override
    OnnxExporter.Weights weights() {
        float[] kernel = new float[inputs * units];
        for (int i = 0; i < inputs; i++) {
            System.arraycopy(parameters.values(), weightsAt + i * ld, kernel, i * units, units);
        }
        float[] bias = new float[units];
        System.arraycopy(parameters.values(), biasAt, bias, 0, units);
        return new OnnxExporter.Weights(new long[] {inputs, units}, kernel, bias);
    }
}
