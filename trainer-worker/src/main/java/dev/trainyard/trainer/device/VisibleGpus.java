package dev.trainyard.trainer.device;

import dev.trainyard.device.Accelerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The GPUs that CUDA shows to this process, in CUDA's order: {@code CUDA_VISIBLE_DEVICES} restricts them, which
 * nvidia-smi does not know.
 */
final class VisibleGpus {
    private VisibleGpus() {}

    /** @param visible value of {@code CUDA_VISIBLE_DEVICES}; null if it is not set */
    static List<Accelerator> of(List<Accelerator> gpus, @Nullable String visible) {
        if (visible == null || visible.strip().equals("all")) {
            return gpus;
        }
        List<Accelerator> shown = new ArrayList<>();
        for (String entry : visible.split(",")) {
            Optional<Accelerator> gpu = find(gpus, entry.strip());
            if (gpu.isEmpty()) {
                return shown; // as CUDA does, which ignores all that follows an entry without a GPU
            }
            shown.add(gpu.get());
        }
        return shown;
    }

    private static Optional<Accelerator> find(List<Accelerator> gpus, String entry) {
        if (entry.startsWith("MIG-")) {
            // nvidia-smi does not list parts of GPUs; driver and capability are those of the machine's GPUs
            return gpus.stream().findFirst().map(VisibleGpus::part);
        }
        return gpus.stream()
                .filter(gpu -> entry.equals(String.valueOf(gpu.index()))
                        || entry.startsWith("GPU-")
                                && gpu.uuid() != null
                                && gpu.uuid().startsWith(entry))
                .findFirst();
    }

    private static Accelerator part(Accelerator gpu) {
        return new Accelerator(gpu.index(), null, gpu.name() + " MIG", gpu.driver(), gpu.capability(), null, null);
    }
}
