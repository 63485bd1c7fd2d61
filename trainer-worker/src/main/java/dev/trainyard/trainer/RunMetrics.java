package dev.trainyard.trainer;

import dev.trainyard.trainer.run.RunOutcome;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts runs by outcome. */
final class RunMetrics {
    private final MeterRegistry registry;

    RunMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void ended(RunOutcome outcome) {
        registry.counter("trainyard.runs", "outcome", outcome.name()).increment();
    }
}
