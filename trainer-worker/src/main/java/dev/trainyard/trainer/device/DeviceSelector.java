package dev.trainyard.trainer.device;

import dev.trainyard.device.Accelerator;
import dev.trainyard.engine.CudaBuild;
import dev.trainyard.engine.TrainingDevice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Chooses the device from the setting, the GPUs of the machine and the engines of the trainer. */
public final class DeviceSelector {
    private static final String NO_ENGINE =
            "no engine of this build can use a GPU: build the trainer with -Pcuda, or use its GPU image";

    private final Map<String, CudaBuild> builds;
    private final OptionalLong memoryLimit;

    /** @param builds CUDA libraries by engine id, the preferred engine first */
    public DeviceSelector(Map<String, CudaBuild> builds, OptionalLong memoryLimit) {
        this.builds = new LinkedHashMap<>(builds);
        this.memoryLimit = memoryLimit;
    }

    /**
     * Returns the device.
     *
     * @param setting value of {@code trainyard.device}
     * @param visible value of {@code CUDA_VISIBLE_DEVICES}; null if it is not set
     * @throws DeviceUnavailableException if the setting requires a GPU that no engine can use
     */
    public DeviceChoice choose(String setting, NvidiaSmi.Answer found, @Nullable String visible) {
        List<Accelerator> gpus = VisibleGpus.of(found.gpus(), visible);
        DeviceSetting asked = DeviceSetting.of(setting);
        if (asked instanceof DeviceSetting.Cpu) {
            return new DeviceChoice(TrainingDevice.CPU, gpus, null);
        }
        List<String> problems = new ArrayList<>();
        for (int index = 0; index < gpus.size(); index++) {
            if (asked instanceof DeviceSetting.OneGpu one && one.index() != index) {
                continue;
            }
            Optional<String> problem = problem(gpus.get(index));
            if (problem.isEmpty()) {
                return new DeviceChoice(new TrainingDevice.Cuda(index, memoryLimit), gpus, null);
            }
            problems.add(problem.get());
        }
        if (asked instanceof DeviceSetting.Auto) {
            if (found.problem() != null) {
                problems.add(found.problem());
            }
            return new DeviceChoice(TrainingDevice.CPU, gpus, problems.isEmpty() ? null : String.join(" ", problems));
        }
        throw new DeviceUnavailableException("trainyard.device is %s, but %s"
                .formatted(setting, problems.isEmpty() ? absent(gpus, found, visible) : String.join(" ", problems)));
    }

    /** Returns true if the engine can train on the chosen device; every engine can train on the processor. */
    boolean canUse(String engine, DeviceChoice choice) {
        if (!(choice.device() instanceof TrainingDevice.Cuda cuda)) {
            return true;
        }
        CudaBuild build = builds.get(engine);
        return build != null
                && build.problem(engine, choice.gpus().get(cuda.index())).isEmpty();
    }

    /** Why no engine can use the GPU; empty if one can. */
    private Optional<String> problem(Accelerator gpu) {
        if (builds.isEmpty()) {
            return Optional.of("%s is not used, because %s.".formatted(gpu.description(), NO_ENGINE));
        }
        List<String> problems = new ArrayList<>();
        for (Map.Entry<String, CudaBuild> build : builds.entrySet()) {
            Optional<String> problem = build.getValue().problem(build.getKey(), gpu);
            if (problem.isEmpty()) {
                return Optional.empty();
            }
            problems.add(problem.get());
        }
        return Optional.of(String.join(" ", problems));
    }

    private static String absent(List<Accelerator> gpus, NvidiaSmi.Answer found, @Nullable String visible) {
        if (found.problem() != null) {
            return found.problem();
        }
        if (found.gpus().isEmpty()) {
            return "this machine has no NVIDIA GPU, or nvidia-smi is missing: start the container with access to a GPU, install the driver, or set trainyard.device=auto.";
        }
        String number = gpus.size() == 1 ? "one GPU is" : gpus.size() + " GPUs are";
        return "only %s visible%s: they are counted from 0."
                .formatted(number, visible == null ? "" : " (CUDA_VISIBLE_DEVICES is \"%s\")".formatted(visible));
    }
}
