package dev.trainyard.standalone.process;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Describes how to run one process of the platform.
 *
 * @param name of its log and pid file
 * @param environment complete environment; nothing is inherited from the launcher
 * @param ready returns true once the process answers; polled until then
 * @param stopSignal name of the signal that stops it cleanly, such as {@code TERM}
 * @param stopLimit after which it is killed
 * @param lowPriority true to lower its CPU priority once it is ready; it starts with normal priority
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
