package dev.trainyard.trainer.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.device.Accelerator;
import dev.trainyard.engine.CudaBuild;
import dev.trainyard.engine.TrainingDevice;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DeviceSelectorTest {
    private static final CudaBuild OLD = new CudaBuild("11.6", "450.80.02", "3.7", "8.9", "use the engine libtorch");
    private static final Accelerator A100 = gpu(0, "GPU-aa", "8.0");
    private static final Accelerator H200 = gpu(1, "GPU-bb", "9.0");
    private static final Accelerator L4 = gpu(2, "GPU-cc", "8.9");
    private static final NvidiaSmi.Answer NONE = new NvidiaSmi.Answer(List.of(), null);
    private static final NvidiaSmi.Answer THREE = new NvidiaSmi.Answer(List.of(A100, H200, L4), null);
    private static final NvidiaSmi.Answer ONLY_H200 = new NvidiaSmi.Answer(List.of(H200), null);
    private static final NvidiaSmi.Answer HUNG =
            new NvidiaSmi.Answer(List.of(), "nvidia-smi did not end within 10 s; check the driver.");

    private final DeviceSelector withCuda = new DeviceSelector(Map.of("dl4j", OLD), OptionalLong.empty());
    private final DeviceSelector withoutCuda = new DeviceSelector(Map.of(), OptionalLong.empty());

    @Test
    void autoTakesTheFirstGpuThatAnEngineCanUse() {
        assertThat(withCuda.choose("auto", THREE, null).device()).hasToString("cuda:0");
        assertThat(withCuda.choose("auto", THREE, "1,2").device()).hasToString("cuda:1");
        assertThat(withCuda.choose("auto", THREE, null).problem()).isNull();
    }

    @Test
    void autoTakesTheProcessorOtherwiseAndSaysWhy() {
        assertThat(withCuda.choose("auto", NONE, null))
                .isEqualTo(new DeviceChoice(TrainingDevice.CPU, List.of(), null));
        DeviceChoice tooNew = withCuda.choose("auto", ONLY_H200, null);
        assertThat(tooNew.device()).isEqualTo(TrainingDevice.CPU);
        assertThat(tooNew.gpus()).containsExactly(H200);
        assertThat(tooNew.problem()).contains("compute capability 9.0", "use the engine libtorch");
        assertThat(withoutCuda.choose("auto", THREE, null).problem()).contains("-Pcuda");
        assertThat(withCuda.choose("auto", HUNG, null).problem()).contains("did not end within 10 s");
    }

    @Test
    void cpuUsesNoGpuEvenIfThereIsOne() {
        assertThat(withCuda.choose("cpu", THREE, null))
                .isEqualTo(new DeviceChoice(TrainingDevice.CPU, THREE.gpus(), null));
    }

    @Test
    void aRequiredGpuIsTakenOrTheTrainerDoesNotStart() {
        assertThat(withCuda.choose("cuda", THREE, "1,2").device()).hasToString("cuda:1");
        assertThat(withCuda.choose("cuda:2", THREE, null).device()).hasToString("cuda:2");
        refused(withCuda, "cuda:1", THREE, null, "compute capability 9.0", "use the engine libtorch");
        refused(withCuda, "cuda", ONLY_H200, null, "compute capability 9.0");
        refused(withCuda, "cuda", NONE, null, "has no NVIDIA GPU", "install the driver");
        refused(withCuda, "cuda", HUNG, null, "did not end within 10 s");
        refused(withCuda, "cuda:3", THREE, null, "only 3 GPUs are visible: they are counted from 0");
        refused(withCuda, "cuda:1", THREE, "2", "only one GPU is visible (CUDA_VISIBLE_DEVICES is \"2\")");
        refused(withoutCuda, "cuda", THREE, null, "-Pcuda");
        refused(withCuda, "gpu", THREE, null, "must be auto, cpu, cuda or cuda:N");
    }

    @Test
    void cudaCountsOnlyTheGpusThatTheProcessMayUse() {
        assertThat(withCuda.choose("auto", THREE, "2,0").gpus()).containsExactly(L4, A100);
        assertThat(withCuda.choose("auto", THREE, "GPU-cc").gpus()).containsExactly(L4);
        assertThat(withCuda.choose("auto", THREE, "all").gpus()).hasSize(3);
        assertThat(withCuda.choose("auto", THREE, "").gpus()).isEmpty();
        assertThat(withCuda.choose("auto", THREE, "-1").gpus()).isEmpty();
        assertThat(withCuda.choose("auto", THREE, "0,7,2").gpus()).containsExactly(A100);
    }

    @Test
    void aPartOfAGpuHasItsCapabilityAndNoKnownMemory() {
        DeviceChoice choice = withCuda.choose("cuda", THREE, "MIG-1234");
        assertThat(choice.device()).hasToString("cuda:0");
        assertThat(choice.gpus())
                .containsExactly(new Accelerator(0, null, "NVIDIA Test MIG", "535.1", "8.0", null, null));
    }

    @Test
    void theMemoryLimitGoesWithTheGpu() {
        DeviceSelector limited = new DeviceSelector(Map.of("dl4j", OLD), OptionalLong.of(5));
        assertThat(limited.choose("auto", THREE, null).device())
                .isEqualTo(new TrainingDevice.Cuda(0, OptionalLong.of(5)));
    }

    private static void refused(
            DeviceSelector selector, String setting, NvidiaSmi.Answer found, String visible, String... reasons) {
        assertThatThrownBy(() -> selector.choose(setting, found, visible))
                .isInstanceOf(DeviceUnavailableException.class)
                .hasMessageContaining("trainyard.device is " + setting)
                .hasMessageContainingAll(reasons);
    }

    private static Accelerator gpu(int index, String uuid, String capability) {
        return new Accelerator(index, uuid, "NVIDIA Test", "535.1", capability, 1L << 30, 1L << 29);
    }
}
