package dev.trainyard.standalone.process;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * How one process of the platform is run.
 *
 * @param name of its log and pid file
 * @param environment added to the launcher's
 * @param ready whether it answers; asked again and again
 * @param stopSignal name of the signal that ends it cleanly, such as {@code TERM}
 * @param stopLimit after which it is killed
 */
public record ProcessSpec(
        String name,
        List<String> command,
        Map<String, String> environment,
        BooleanSupplier ready,
        String stopSignal,
        Duration stopLimit) {
    public ProcessSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** The same, run otherwise. */
    public ProcessSpec withCommand(List<String> other) {
        return new ProcessSpec(name, other, environment, ready, stopSignal, stopLimit);
    }
}
