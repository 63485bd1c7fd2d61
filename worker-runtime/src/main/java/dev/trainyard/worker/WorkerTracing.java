package dev.trainyard.worker;

import dev.trainyard.tracing.LinkedSampler;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Decides which traces are recorded: those that a gateway records, and a share of those that start here. */
@Singleton
class WorkerTracing {
    @Produces
    @Singleton
    Sampler sampler(@ConfigProperty(name = "trainyard.traces.ratio", defaultValue = "0.01") double ratio) {
        return LinkedSampler.of(ratio);
    }
}
