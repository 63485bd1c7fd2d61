package dev.trainyard.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.device.Accelerator;
import org.junit.jupiter.api.Test;

class CudaBuildTest {
    private static final CudaBuild BUILD = new CudaBuild("11.6", "450.80.02", "3.7", "8.9", "use another engine");

    @Test
    void gpusWithinTheRangeAreUsed() {
        for (String capability : new String[] {"3.7", "8.0", "8.9"}) {
            assertThat(BUILD.problem("dl4j", gpu("450.80.2", capability)))
                    .as(capability)
                    .isEmpty();
        }
        assertThat(BUILD.problem("dl4j", gpu("535.104.05", "8.6"))).isEmpty();
    }

    @Test
    void aGpuThatIsTooNewIsNamedWithWhatToDo() {
        assertThat(BUILD.problem("dl4j", gpu("570.86.15", "9.0")))
                .contains(
                        "GPU 1 (NVIDIA Test, driver 570.86.15, compute capability 9.0) is too new for the engine dl4j with CUDA 11.6, which has code for compute capability 3.7 to 8.9: use another engine.");
        assertThat(BUILD.problem("dl4j", gpu("570.86.15", "10.0"))).isPresent();
    }

    @Test
    void aGpuThatIsTooOldIsNamed() {
        assertThat(BUILD.problem("dl4j", gpu("470.1", "3.5")).orElseThrow())
                .contains("is too old for the engine dl4j", "use a newer GPU, or set trainyard.device=cpu");
    }

    @Test
    void aDriverThatIsTooOldIsNamedWithTheOldestThatWorks() {
        assertThat(BUILD.problem("dl4j", gpu("450.51.06", "8.0")).orElseThrow())
                .contains("driver that is too old", "install driver 450.80.02 or newer");
        assertThat(BUILD.problem("dl4j", gpu("460.1", null)).orElseThrow()).contains("install a newer driver");
    }

    private static Accelerator gpu(String driver, String capability) {
        return new Accelerator(1, "GPU-1", "NVIDIA Test", driver, capability, 1L << 30, 1L << 29);
    }
}
