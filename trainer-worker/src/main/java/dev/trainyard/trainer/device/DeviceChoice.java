package dev.trainyard.trainer.device;

import dev.trainyard.device.Accelerator;
import dev.trainyard.engine.TrainingDevice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The device on which a trainer trains.
 *
 * @param gpus the GPUs that it may use
 * @param problem why it does not train on one of them, as sentences; null if it does, or there are none
 */
public record DeviceChoice(
        TrainingDevice device,
        List<Accelerator> gpus,
        @Nullable String problem) {
    public DeviceChoice {
        gpus = List.copyOf(gpus);
    }
}
