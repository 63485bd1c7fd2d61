package dev.trainyard.gateway.estimates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.job.Optimizer;
import dev.trainyard.network.NetworkSize;
import org.junit.jupiter.api.Test;

class PeakMemoryTest {
    private static final NetworkSize SIZE = new NetworkSize(1_000_000, 10_000_000, 5_000);
    private static final long USUAL = PeakMemory.bytes(SIZE, 32, Optimizer.SGD);

    @Test
    void aBatchLargerThanAnEvaluationBatchNeedsMoreMemory() {
        assertThat(PeakMemory.bytes(SIZE, 1_000, Optimizer.SGD)).isEqualTo(USUAL);
        // outputs, gradients and values kept between the passes: three floats for each value of each sample
        assertThat(PeakMemory.bytes(SIZE, 4_096, Optimizer.SGD) - USUAL).isEqualTo(3_096L * 5_000 * 3 * 4);
    }

    @Test
    void theOptimizerStateIsCountedTwice() {
        assertThat(PeakMemory.bytes(SIZE, 32, Optimizer.RMSPROP) - USUAL).isEqualTo(2 * 4_000_000);
        assertThat(PeakMemory.bytes(SIZE, 32, Optimizer.ADAM) - USUAL).isEqualTo(4 * 4_000_000);
    }
}
