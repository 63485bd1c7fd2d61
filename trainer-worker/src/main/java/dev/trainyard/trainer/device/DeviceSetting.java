package dev.trainyard.trainer.device;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the setting {@code trainyard.device} asks for. */
sealed interface DeviceSetting {
    /** A GPU if an engine can use one, else the processor. */
    record Auto() implements DeviceSetting {}

    record Cpu() implements DeviceSetting {}

    /** Any GPU that an engine can use. */
    record AnyGpu() implements DeviceSetting {}

    /** @param index among the GPUs that CUDA shows to the process */
    record OneGpu(int index) implements DeviceSetting {}

    Pattern CUDA = Pattern.compile("cuda:(\\d{1,4})");

    /** @throws DeviceUnavailableException if the text is none of these */
    static DeviceSetting of(String text) {
        Matcher cuda = CUDA.matcher(text);
        if (cuda.matches()) {
            return new OneGpu(Integer.parseInt(cuda.group(1)));
        }
        return switch (text) {
            case "auto" -> new Auto();
            case "cpu" -> new Cpu();
            case "cuda" -> new AnyGpu();
            default ->
                throw new DeviceUnavailableException(
                        "trainyard.device is %s, but must be auto, cpu, cuda or cuda:N, such as cuda:0."
                                .formatted(text));
        };
    }
}
