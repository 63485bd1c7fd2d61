package dev.trainyard.trainer;

import dev.trainyard.trainer.run.RunOutcome;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** Counts runs by outcome. */
final class RunMetrics {
    private final MeterRegistry registry;

    RunMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void ended(RunOutcome outcome) {
        registry.counter("trainyard.runs", "outcome", name(outcome)).increment();
    }

    private static String name(RunOutcome outcome) {
        if (outcome instanceof RunOutcome.Failed failed) {
            return failed.code().name().toLowerCase(Locale.ROOT);
        }
        if (outcome instanceof RunOutcome.Stopped stopped) {
            return stopped.reason().name().toLowerCase(Locale.ROOT);
        }
        return "succeeded";
    }
}
