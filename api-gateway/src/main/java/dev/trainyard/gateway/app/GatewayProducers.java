package dev.trainyard.gateway.app;

import dev.trainyard.artifact.ArtifactBackend;
import dev.trainyard.artifact.StorageMonitor;
import dev.trainyard.gateway.jobs.JobRules;
import dev.trainyard.gateway.jobs.RetryPolicy;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.storage.ArtifactStores;
import dev.trainyard.tracing.LinkedSampler;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.quarkus.arc.DefaultBean;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Produces the beans of classes without CDI annotations: those of other modules, and the rules of the simulation. */
@Singleton
class GatewayProducers {
    @Produces
    @Singleton
    @DefaultBean
    ArtifactBackend artifacts(GatewaySettings settings) {
        return ArtifactStores.open(settings.artifacts());
    }

    void closeArtifacts(@Disposes ArtifactBackend artifacts) {
        artifacts.close();
    }

    @Produces
    @Singleton
    StorageMonitor storage(ArtifactBackend artifacts) {
        return new StorageMonitor(artifacts);
    }

    /** Decides which traces are recorded. */
    @Produces
    @Singleton
    Sampler sampler(GatewaySettings settings) {
        return LinkedSampler.of(settings.traces().ratio());
    }

    /** The rules are also run by the simulation, without a gateway. */
    @Produces
    @Singleton
    JobRules jobRules(GatewaySettings settings) {
        return new JobRules(new RetryPolicy(settings.lease().maxAttempts(), () -> ThreadLocalRandom.current()
                .nextDouble()));
    }

    @Produces
    @Singleton
    DeadLetterPublisher deadLetters(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        return new DeadLetterPublisher(kafka, "gateway");
    }

    void closeDeadLetters(@Disposes DeadLetterPublisher letters) {
        letters.close();
    }
}
