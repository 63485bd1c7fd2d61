package dev.trainyard.gateway.app;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.jobs.JobRules;
import dev.trainyard.gateway.jobs.RetryPolicy;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.message.DeadLetterPublisher;
import io.quarkus.arc.DefaultBean;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Produces the beans of classes that do not know the gateway; all others are annotated where they are defined. */
@Singleton
class GatewayProducers {
    @Produces
    @Singleton
    @DefaultBean
    FileArtifactStore artifacts(GatewaySettings settings) {
        return new FileArtifactStore(settings.artifacts().dir());
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
