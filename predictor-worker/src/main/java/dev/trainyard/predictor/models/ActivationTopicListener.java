package dev.trainyard.predictor.models;

import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.ModelActivation;
import dev.trainyard.worker.KeyedListener;
import java.time.Duration;
import java.time.Instant;

/** Passes records of {@code models} to {@link ProductionModelUpdater}. */
public final class ActivationTopicListener implements KeyedListener {
    private final ProductionModelUpdater updates;

    public ActivationTopicListener(ProductionModelUpdater updates) {
        this.updates = updates;
    }

    @Override
    public void onValue(String name, byte[] value) throws MalformedMessageException {
        updates.activate(ModelActivation.read(value));
    }

    @Override
    public void onRemoved(String name, Instant time) {
        updates.remove(name);
    }

    /** Loads only after the end of the topic was reached, so that a start loads only the last version of each name. */
    @Override
    public Duration onCaughtUp(Duration longest) {
        return updates.load(longest);
    }
}
