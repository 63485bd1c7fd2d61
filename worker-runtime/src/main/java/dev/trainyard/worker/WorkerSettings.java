package dev.trainyard.worker;

import dev.trainyard.message.TopicReplication;
import dev.trainyard.settings.LogFormat;
import dev.trainyard.storage.ArtifactSettings;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalInt;

/** Settings that trainer and predictor have in common. */
public interface WorkerSettings {

    ArtifactSettings artifacts();

    Identity worker();

    Traces traces();

    Log log();

    Topics topics();

    /** Traces for OpenTelemetry. */
    interface Traces {
        /** OTLP collector; without it nothing is traced. */
        Optional<URI> endpoint();

        /** Share of traces that this worker starts itself, for jobs of a gateway without tracing. */
        @WithDefault("0.01")
        double ratio();
    }

    /** The log, which ObservabilitySettings configures. */
    interface Log {
        @WithDefault("text")
        LogFormat format();
    }

    /** Topics that this worker creates if they are missing; empty values depend on the number of brokers. */
    interface Topics {
        /** Number of brokers that keep a copy of each. */
        OptionalInt replicationFactor();

        /** Number of copies that must have a record before it counts as sent. */
        OptionalInt minInsyncReplicas();

        default TopicReplication replication() {
            return new TopicReplication(replicationFactor(), minInsyncReplicas());
        }
    }

    /** Identity of this worker, for display. */
    interface Identity {
        /** Default: host name and process id. */
        Optional<String> name();
    }
}
