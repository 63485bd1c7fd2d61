package dev.trainyard.standalone.process;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * How one process of the platform is run.
 *
 * @param name of its log and pid file
 * @param environment all of it; nothing is inherited from the launcher
 * @param ready whether it answers; asked again and again until it does
 * @param stopSignal name of the signal that ends it cleanly, such as {@code TERM}
 * @param stopLimit after which it is killed
 * @param lowPriority whether it yields the processor to others once it is ready; it starts like any other process
 */
public record ProcessSpec(
        String name,
        List<String> command,
        Map<String, String> environment,
        BooleanSupplier ready,
        String stopSignal,
        Duration stopLimit,
        boolean lowPriority) {
    public ProcessSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    public ProcessSpec(
            String name,
            List<String> command,
            Map<String, String> environment,
            BooleanSupplier ready,
            String stopSignal,
            Duration stopLimit) {
        this(name, command, environment, ready, stopSignal, stopLimit, false);
    }

    public ProcessSpec withLowPriority() {
        return new ProcessSpec(name, command, environment, ready, stopSignal, stopLimit, true);
    }
}
