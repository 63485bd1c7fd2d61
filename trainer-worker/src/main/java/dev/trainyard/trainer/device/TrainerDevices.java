package dev.trainyard.trainer.device;

import dev.trainyard.engine.TrainingDevice;
import dev.trainyard.trainer.run.Engines;
import dev.trainyard.trainer.runtime.TrainerSettings;
import io.quarkus.runtime.configuration.MemorySize;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Selects the device of this trainer at its start, and reads the state of its GPUs later. */
public final class TrainerDevices {
    private static final Logger LOG = LoggerFactory.getLogger(TrainerDevices.class);

    private final TrainerSettings.Device settings;
    private final Engines engines;
    private final NvidiaSmi nvidiaSmi;
    private final @Nullable String visible = System.getenv("CUDA_VISIBLE_DEVICES");

    public TrainerDevices(TrainerSettings.Device settings, Engines engines) {
        this.settings = settings;
        this.engines = engines;
        this.nvidiaSmi = new NvidiaSmi(settings.nvidiaSmi(), settings.limit());
    }

    /**
     * Selects the device and gives it to the engines.
     *
     * @throws DeviceUnavailableException if the settings require a GPU that cannot be used
     */
    public DeviceChoice select() throws InterruptedException {
        OptionalLong memory = settings.memory().map(MemorySize::asLongValue).stream()
                .mapToLong(Long::longValue)
                .findFirst();
        DeviceSelector selector = new DeviceSelector(engines.cudaBuilds(), memory);
        DeviceChoice choice = selector.choose(settings.choice(), nvidiaSmi.query(), visible);
        engines.use(choice.device(), engine -> selector.canUse(engine, choice));
        if (choice.problem() != null) {
            LOG.warn("trains on the processor: {}", choice.problem());
        } else if (choice.device() instanceof TrainingDevice.Cuda cuda) {
            LOG.info("trains on {}: {}", cuda, choice.gpus().get(cuda.index()).description());
        }
        return choice;
    }

    /** The choice with the present state of its GPUs. */
    public DeviceChoice current(DeviceChoice choice) throws InterruptedException {
        if (choice.gpus().isEmpty()) {
            return choice;
        }
        NvidiaSmi.Answer answer = nvidiaSmi.query();
        return new DeviceChoice(
                choice.device(),
                VisibleGpus.of(answer.gpus(), visible),
                choice.problem() == null ? answer.problem() : choice.problem());
    }
}
