package dev.trainyard.engine.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.trainyard.engine.EngineUnavailableException;
import dev.trainyard.engine.TrainingDevice;
import java.util.OptionalLong;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TorchDeviceTest {
    private final LibtorchEngine engine = new LibtorchEngine();

    @BeforeEach
    void onAMachineWithoutGpu() {
        Libtorch.load();
        assumeFalse(torch.cuda_is_available());
    }

    @Test
    void theProcessorIsUsedUnlessAGpuIsChosen() {
        engine.requireReady();
        assertThat(TorchDevice.of(TrainingDevice.CPU)).isEqualTo(TorchDevice.CPU);
    }

    @Test
    void aGpuThatLibtorchDoesNotSeeIsRefusedWithWhatToDo() {
        engine.use(new TrainingDevice.Cuda(1, OptionalLong.empty()));
        assertThatThrownBy(engine::requireReady)
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining("libtorch sees 0 GPUs, so that it cannot train on cuda:1")
                .hasMessageContaining("trainyard.device=cpu");
    }

    @Test
    void aBuildForProcessorsHasNoCuda() {
        assertThat(engine.cuda()).isEmpty();
    }
}
