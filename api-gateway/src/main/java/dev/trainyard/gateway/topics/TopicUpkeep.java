package dev.trainyard.gateway.topics;

import dev.trainyard.gateway.jobs.TopicOffsets;
import dev.trainyard.gateway.models.ModelRegistry;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.message.TopicInstaller;
import dev.trainyard.message.TopicReplication;
import dev.trainyard.message.TopicRetention;
import dev.trainyard.message.TopicSpec;
import dev.trainyard.message.Topics;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the topics, and keeps those of pools, which trainers create at any time, and their contents as they should be. */
@Singleton
public class TopicUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(TopicUpkeep.class);
    private static final int LIMIT_SECONDS = 10;
    private static final List<String> NAMES =
            Topics.all().stream().map(TopicSpec::name).toList();

    private final Map<String, Object> kafka;
    private final TopicRetention retention;
    private final TopicReplication replication;
    private final boolean warnOfSingleCopy;
    private final TopicOffsets broker;
    private final TopicIdentities identities;
    private final ModelRegistry models;

    @Inject
    TopicUpkeep(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            GatewaySettings settings,
            TopicOffsets broker,
            TopicIdentities identities,
            ModelRegistry models) {
        this.kafka = kafka;
        this.retention = settings.retention().topics().limits();
        this.replication = settings.topics().replication();
        this.warnOfSingleCopy = settings.topics().warnOfSingleCopy();
        this.broker = broker;
        this.identities = identities;
        this.models = models;
    }

    /**
     * Creates missing topics and updates the settings of existing ones.
     *
     * @throws IllegalStateException if the broker is unavailable or cannot do what the settings ask for
     */
    public void install() {
        int copies = TopicInstaller.installAndAlter(kafka, retention, replication, LIMIT_SECONDS);
        if (copies == 1 && warnOfSingleCopy) {
            LOG.warn(
                    "Topics have one copy: if its broker is down, nothing is trained or predicted, and if its disk is lost, "
                            + "so are records that were not processed. Use three brokers (docs/clusters.md), or set "
                            + "trainyard.topics.warn-of-single-copy=false.");
        }
    }

    /**
     * Looks after the topics while the gateway runs.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker is unavailable
     */
    public void run() {
        TopicInstaller.alterPools(kafka, retention, replication, LIMIT_SECONDS);
        Map<String, UUID> ids = broker.ids(NAMES);
        Set<String> recreated = identities.recreated(ids);
        recreated.forEach(topic -> LOG.warn(
                "The topic {} was created again, so that its earlier records are missing; the platform continues with what "
                        + "PostgreSQL has",
                topic));
        if (recreated.contains(Topics.MODELS) || recreated.contains(Topics.MODEL_VERSIONS)) {
            models.announceAll();
        }
        identities.store(ids); // last, so that a gateway that is killed meanwhile does it again
    }
}
