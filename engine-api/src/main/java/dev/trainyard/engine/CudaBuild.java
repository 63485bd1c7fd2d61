package dev.trainyard.engine;

import dev.trainyard.device.Accelerator;
import java.lang.module.ModuleDescriptor.Version;
import java.util.Optional;

/**
 * The CUDA libraries that an engine was built with, and the GPUs for which they have code.
 *
 * @param toolkit version of CUDA, such as {@code 11.6}
 * @param minDriver oldest driver with which they run
 * @param minCapability lowest compute capability
 * @param maxCapability highest compute capability
 * @param forNewer what to do with a GPU of a higher one, as the rest of a sentence
 */
public record CudaBuild(String toolkit, String minDriver, String minCapability, String maxCapability, String forNewer) {

    /**
     * Returns why an engine with these libraries cannot train on the GPU, and what to do; empty if it can.
     *
     * @param engine id of the engine
     */
    public Optional<String> problem(String engine, Accelerator gpu) {
        String build = "the engine %s with CUDA %s".formatted(engine, toolkit);
        String range = "which has code for compute capability %s to %s".formatted(minCapability, maxCapability);
        if (compare(gpu.driver(), minDriver) < 0) {
            return Optional.of("%s has a driver that is too old for %s: install driver %s or newer."
                    .formatted(gpu.description(), build, minDriver));
        }
        if (gpu.capability() == null) {
            return Optional.of("The driver of %s does not state a compute capability: install a newer driver."
                    .formatted(gpu.description()));
        }
        if (compare(gpu.capability(), maxCapability) > 0) {
            return Optional.of("%s is too new for %s, %s: %s.".formatted(gpu.description(), build, range, forNewer));
        }
        if (compare(gpu.capability(), minCapability) < 0) {
            return Optional.of("%s is too old for %s, %s: use a newer GPU, or set trainyard.device=cpu."
                    .formatted(gpu.description(), build, range));
        }
        return Optional.empty();
    }

    private static int compare(String one, String other) {
        return Version.parse(one).compareTo(Version.parse(other));
    }
}
