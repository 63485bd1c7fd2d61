package dev.trainyard.engine.vector;

import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSize;
import dev.trainyard.network.NetworkSpec;

/** Estimates the heap that a training takes, since all of its memory is the JVM's. */
final class NetworkMemory {
    /** Weights, gradients, two moments, a transpose, and a checkpoint that is being written. */
    private static final int COPIES_OF_PARAMETERS = 10;
    /** Outputs, their gradients, products before pooling and the largest of them. */
    private static final int COPIES_OF_OUTPUTS = 4;

    private NetworkMemory() {}

    static long bytes(NetworkSpec spec) {
        NetworkSize size = NetworkSize.of(spec);
        long perSample = COPIES_OF_OUTPUTS * size.activations() + windows(spec);
        return Float.BYTES * (COPIES_OF_PARAMETERS * size.parameters() + Layer.MOST_SAMPLES * perSample);
    }

    /** Values of one sample's windows in all convolutions. */
    private static long windows(NetworkSpec spec) {
        long values = 0;
        ImageShape shape = spec.input();
        for (LayerSpec layer : spec.layers()) {
            if (layer instanceof LayerSpec.Convolution conv) {
                int shrink = conv.kernel() - 1 - 2 * conv.padding();
                ImageShape out = new ImageShape(conv.filters(), shape.height() - shrink, shape.width() - shrink);
                values += (long) out.height() * out.width() * conv.kernel() * conv.kernel() * shape.channels();
                shape = out;
            } else if (layer instanceof LayerSpec.MaxPooling pool) {
                shape = new ImageShape(shape.channels(), shape.height() / pool.size(), shape.width() / pool.size());
            }
        }
        return values;
    }
}
