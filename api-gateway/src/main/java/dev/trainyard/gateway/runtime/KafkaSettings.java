package dev.trainyard.gateway.runtime;

import dev.trainyard.kafka.KafkaEnvironment;
import io.quarkus.kafka.client.runtime.KafkaRuntimeConfigProducer;
import io.quarkus.runtime.ApplicationConfig;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;
import org.eclipse.microprofile.config.Config;

/** The settings of all Kafka clients of this service: those of Quarkus, with secrets in files. */
@Singleton
class KafkaSettings {
    @Produces
    @Singleton
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka(Config config, ApplicationConfig application) {
        return KafkaEnvironment.withSecrets(
                new KafkaRuntimeConfigProducer().createKafkaRuntimeConfig(config, application), System.getenv());
    }
}
