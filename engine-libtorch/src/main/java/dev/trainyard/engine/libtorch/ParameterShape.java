package dev.trainyard.engine.libtorch;

import dev.trainyard.engine.Seeds;
import dev.trainyard.network.Activation;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Parameters of one layer.
 *
 * @param kernel {@code [out,in,h,w]} of a convolution, {@code [in,out]} of a dense layer
 * @param outputs number of biases
 * @param fanIn values that one output depends on
 * @param fanOut values that one input influences
 */
record ParameterShape(long[] kernel, long outputs, long fanIn, long fanOut, Activation activation) {

    static List<ParameterShape> of(NetworkSpec spec) {
        List<ParameterShape> shapes = new ArrayList<>();
        ImageShape in = spec.input();
        for (LayerSpec layer : spec.layers()) {
            if (layer instanceof LayerSpec.Convolution conv) {
                long window = (long) conv.kernel() * conv.kernel();
                shapes.add(new ParameterShape(
                        new long[] {conv.filters(), in.channels(), conv.kernel(), conv.kernel()},
                        conv.filters(),
                        window * in.channels(),
                        window * conv.filters(),
                        conv.activation()));
                int shrink = conv.kernel() - 1 - 2 * conv.padding();
                in = new ImageShape(conv.filters(), in.height() - shrink, in.width() - shrink);
            } else if (layer instanceof LayerSpec.MaxPooling pool) {
                in = new ImageShape(in.channels(), in.height() / pool.size(), in.width() / pool.size());
            } else if (layer instanceof LayerSpec.Dense dense) {
                shapes.add(dense(in.size(), dense.units(), dense.activation()));
                in = new ImageShape(dense.units(), 1, 1);
            } else if (layer instanceof LayerSpec.SoftmaxOutput output) {
                shapes.add(dense(in.size(), output.classes(), Activation.LINEAR));
            }
        }
        return shapes;
    }

    private static ParameterShape dense(long inputs, long outputs, Activation activation) {
        return new ParameterShape(new long[] {inputs, outputs}, outputs, inputs, outputs, activation);
    }

    long kernelCount() {
        return fanIn * outputs;
    }

    long count() {
        return kernelCount() + outputs;
    }

    /** Draws the kernel of layer {@code number} at {@code from}. */
    void draw(float[] all, int from, long seed, int number) {
        Random random = new Random(Seeds.mix(seed, number));
        double variance = activation == Activation.RELU ? 2.0 / fanIn : 2.0 / (fanIn + fanOut);
        double deviation = Math.sqrt(variance);
        for (int i = 0; i < kernelCount(); i++) {
            all[from + i] = (float) (random.nextGaussian() * deviation);
        }
    }
}
