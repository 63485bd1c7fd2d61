package dev.trainyard.engine.vector;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.message.WireJson;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import dev.trainyard.network.Networks;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Whole training steps: an epoch of one batch of 32 images with Adam. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 8, time = 1000, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class StepBenchmark {
    public static final int IMAGES = 32;

    @Param({"lenet5", "mlp"})
    public String network = "lenet5";

    private ImageDataset images = images();
    private VectorRun run = run(network);

    @Setup
    public void start() {
        run = run(network);
    }

    private static VectorRun run(String network) {
        TrainArgs args = new TrainArgs(32, 1_000_000, 0.001, Optimizer.ADAM, 1, 0);
        return VectorEngine.start(spec(network), args, VectorKernels::new, 1);
    }

    private static NetworkSpec spec(String network) {
        return Networks.spec(network, WireJson.mapper().createObjectNode(), new ImageShape(1, 28, 28), 10);
    }

    private static ImageDataset images() {
        Random random = new Random(1);
        byte[] pixels = new byte[IMAGES * 784];
        byte[] labels = new byte[IMAGES];
        random.nextBytes(pixels);
        for (int i = 0; i < IMAGES; i++) {
            labels[i] = (byte) random.nextInt(10);
        }
        return new ImageDataset(pixels, labels, 28, 28, 1);
    }

    @Benchmark
    public double step() {
        return run.trainEpoch(images, (samples, loss) -> {}).loss();
    }

    /**
     * Floating-point operations of a step in matrix products, forward and backward, without those on padding; the
     * first layer with weights computes no gradient of its input.
     */
    public static double operations(String network) {
        NetworkSpec spec = spec(network);
        ImageShape shape = spec.input();
        double perImage = 0;
        for (LayerSpec layer : spec.layers()) {
            double products = 0;
            if (layer instanceof LayerSpec.Convolution conv) {
                int shrink = conv.kernel() - 1 - 2 * conv.padding();
                ImageShape out = new ImageShape(conv.filters(), shape.height() - shrink, shape.width() - shrink);
                products = 2.0 * out.size() * conv.kernel() * conv.kernel() * shape.channels();
                shape = out;
            } else if (layer instanceof LayerSpec.MaxPooling pool) {
                shape = new ImageShape(shape.channels(), shape.height() / pool.size(), shape.width() / pool.size());
            } else if (layer instanceof LayerSpec.Dense dense) {
                products = 2.0 * shape.size() * dense.units();
                shape = new ImageShape(dense.units(), 1, 1);
            } else if (layer instanceof LayerSpec.SoftmaxOutput output) {
                products = 2.0 * shape.size() * output.classes();
            }
            perImage += products * (perImage == 0 ? 2 : 3);
        }
        return IMAGES * perImage;
    }
}
