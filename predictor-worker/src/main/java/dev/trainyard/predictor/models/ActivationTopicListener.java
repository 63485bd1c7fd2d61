package dev.trainyard.predictor.models;

import dev.trainyard.message.CompactedTopicReader;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.ModelActivation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Passes records of {@code models} to {@link ProductionModelUpdater}. */
public final class ActivationTopicListener implements CompactedTopicReader.Listener {
    private final ProductionModelUpdater updates;

    public ActivationTopicListener(ProductionModelUpdater updates) {
        this.updates = updates;
    }

    @Override
    public void onRecord(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
        if (message.key() == null) {
            throw new MalformedMessageException("the key of a model record must be its name");
        }
        if (message.value() == null) {
            updates.remove(new String(message.key(), StandardCharsets.UTF_8));
            return;
        }
        updates.activate(ModelActivation.read(message.value()));
    }

    /** Loads only after the end of the topic was reached, so that a start loads only the last version of each name. */
    @Override
    public Duration onCaughtUp(Duration longest) {
        return updates.load(longest);
    }
}
