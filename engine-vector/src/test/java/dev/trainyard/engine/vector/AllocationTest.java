package dev.trainyard.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.Digits;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.Activation;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllocationTest {
    private static final NetworkSpec SPEC = new NetworkSpec(
            new ImageShape(1, 28, 28),
            List.of(
                    new LayerSpec.Convolution(6, 5, 2, Activation.RELU),
                    new LayerSpec.MaxPooling(2),
                    new LayerSpec.Flatten(),
                    new LayerSpec.Dense(120, Activation.RELU),
                    new LayerSpec.SoftmaxOutput(10)));

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Arrays belong to layers; what is left are small objects that the compiler mostly removes. */
    @Test
    void batchesReuseTheirArrays() {
        ImageDataset images = Digits.train(320);
        // scalar, since a JVM that has not compiled yet allocates each vector
        VectorRun run = VectorEngine.start(SPEC, args(32), ScalarKernels::new, 1);
        run.trainEpoch(images, (samples, loss) -> {});
        long before = allocated();
        run.trainEpoch(images, (samples, loss) -> {});
        assertThat((allocated() - before) / 10).as("bytes per batch").isLessThan(64 * 1024);
    }

    /** Large batches are computed in parts. */
    @Test
    void memoryDoesNotGrowWithTheBatch() {
        VectorEngine.start(SPEC, args(32), ScalarKernels::new, 1);
        long before = allocated();
        VectorEngine.start(SPEC, args(32), ScalarKernels::new, 1);
        long small = allocated() - before;
        before = allocated();
        VectorEngine.start(SPEC, args(8192), ScalarKernels::new, 1);
        assertThat(allocated() - before).isBetween(small / 2, small * 2);
    }

    private static TrainArgs args(int batchSize) {
        return new TrainArgs(batchSize, 3, 0.001, Optimizer.ADAM, 1, 0);
    }

    private long allocated() {
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    @Test
    void networksThatDoNotFitIntoTheHeapAreNotSupported() {
        VectorEngine engine = new VectorEngine();
        assertThat(engine.supports(SPEC)).isTrue();
        List<LayerSpec> wide = new ArrayList<>(List.of(new LayerSpec.Flatten()));
        wide.addAll(Collections.nCopies(16, new LayerSpec.Dense(4096, Activation.RELU)));
        wide.add(new LayerSpec.SoftmaxOutput(10));
        assertThat(engine.supports(new NetworkSpec(new ImageShape(1, 28, 28), wide)))
                .isFalse();
    }

    /** The estimate is no less than what the arrays take, and not far from it. */
    @Test
    void theEstimateCoversWhatIsAllocated() {
        VectorEngine.start(SPEC, args(32), ScalarKernels::new, 1);
        long before = allocated();
        VectorRun run = VectorEngine.start(SPEC, args(32), ScalarKernels::new, 1);
        run.checkpoint();
        assertThat(NetworkMemory.bytes(SPEC, 1)).isBetween(allocated() - before, 3 * (allocated() - before));
    }
}
