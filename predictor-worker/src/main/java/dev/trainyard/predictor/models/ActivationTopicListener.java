package dev.trainyard.predictor.models;

import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.ModelActivation;
import dev.trainyard.message.CompactedTopicReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What {@code models} says, for {@link ProductionModelUpdater} to load. */
public final class ActivationTopicListener implements CompactedTopicReader.Listener {
    private final ProductionModelUpdater updates;

    public ActivationTopicListener(ProductionModelUpdater updates) {
        this.updates = updates;
    }

    @Override
    public void onRecord(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
        if (message.key() == null) {
            throw new MalformedMessageException("a model's record has its name as key");
        }
        if (message.value() == null) {
            updates.remove(new String(message.key(), StandardCharsets.UTF_8));
            return;
        }
        updates.activate(ModelActivation.read(message.value()));
    }

    /** Loads not before the end is reached, so that a start loads each name's last version only. */
    @Override
    public Duration onCaughtUp(Duration longest) {
        return updates.load(longest);
    }
}
