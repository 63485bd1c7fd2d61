package dev.trainyard.gateway.jobs;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Notices that a consumer has read the cluster's metadata. A consumer reads a topic that was created again only after
 * that, because it fetches by the topic's id; nothing else of its interface shows the id.
 */
final class MetadataWatch extends ByteArrayDeserializer implements ClusterResourceListener {
    private final AtomicBoolean updated = new AtomicBoolean();

    @Override
    public void onUpdate(ClusterResource cluster) {
        updated.set(true);
    }

    /** Returns true at most once for each update. */
    boolean wasUpdated() {
        return updated.getAndSet(false);
    }
}
