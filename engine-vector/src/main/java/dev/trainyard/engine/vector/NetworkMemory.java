package dev.trainyard.engine.vector;

import dev.trainyard.engine.SharedWork;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSize;
import dev.trainyard.network.NetworkSpec;

/** Estimates the heap that a training takes, since all of its memory is the JVM's. */
final class NetworkMemory {
    /** Weights, gradients and their sum, two moments, a transpose, and a checkpoint that is being written. */
    private static final int COPIES_OF_PARAMETERS = 11;
    /** Gradients, a transpose and copied columns. */
    private static final long COPIES_PER_REPLICA = 3;
    /** Outputs, their gradients, products before pooling and the largest of them. */
    private static final int COPIES_OF_OUTPUTS = 4;

    private NetworkMemory() {}

    static long bytes(NetworkSpec spec, int replicas) {
        NetworkSize size = NetworkSize.of(spec);
        long perSample = COPIES_OF_OUTPUTS * size.activations() + windows(spec);
        long parameters = COPIES_OF_PARAMETERS + (replicas - 1) * COPIES_PER_REPLICA;
        long evaluation = SharedWork.MOST_THREADS * (3 * size.activations() + windows(spec));
        return Float.BYTES
                * (parameters * size.parameters() + Layer.MOST_SAMPLES * (replicas * perSample + evaluation));
    }

    /** Values of one sample's windows, or of its borders, in all convolutions. */
    private static long windows(NetworkSpec spec) {
        long values = 0;
        ImageShape shape = spec.input();
        for (LayerSpec layer : spec.layers()) {
            if (layer instanceof LayerSpec.Convolution conv) {
                int shrink = conv.kernel() - 1 - 2 * conv.padding();
                ImageShape out = new ImageShape(conv.filters(), shape.height() - shrink, shape.width() - shrink);
                Kernels.Windows windows = new Kernels.Windows(
                        shape.height() + 2 * conv.padding(),
                        shape.width() + 2 * conv.padding(),
                        shape.channels(),
                        conv.kernel());
                values += windows.inPlace()
                        ? (long) windows.height() * windows.width()
                        : (long) windows.outPixels() * windows.length();
                shape = out;
            } else if (layer instanceof LayerSpec.MaxPooling pool) {
                shape = new ImageShape(shape.channels(), shape.height() / pool.size(), shape.width() / pool.size());
            }
        }
        return values;
    }
}
