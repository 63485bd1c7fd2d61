package dev.trainyard.device;

import org.jspecify.annotations.Nullable;

/**
 * A GPU, as the driver describes it.
 *
 * @param index of the GPU on its machine
 * @param driver version of the driver, such as {@code 535.104.05}
 * @param capability compute capability, such as {@code 8.0}; null if the driver is too old to say it
 * @param memoryTotal bytes; null if unknown, as for a part of a GPU (MIG)
 * @param memoryFree bytes at the time of the report; null if unknown
 */
public record Accelerator(
        int index,
        @Nullable String uuid,
        String name,
        String driver,
        @Nullable String capability,
        @Nullable Long memoryTotal,
        @Nullable Long memoryFree) {

    /** The GPU with all that decides whether it can be used, for messages. */
    public String description() {
        return "GPU %d (%s, driver %s, compute capability %s)"
                .formatted(index, name, driver, capability == null ? "unknown" : capability);
    }
}
