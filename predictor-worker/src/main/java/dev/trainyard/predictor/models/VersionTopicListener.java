package dev.trainyard.predictor.models;

import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.ModelVersion;
import dev.trainyard.worker.KeyedListener;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Registers the versions of {@code models.versions}. Not thread-safe. */
public final class VersionTopicListener implements KeyedListener {
    private final ServedModels served;
    private final Map<String, ModelFile> warm = new LinkedHashMap<>();

    public VersionTopicListener(ServedModels served) {
        this.served = served;
    }

    @Override
    public void onRemoved(String key, Instant time) throws MalformedMessageException {
        warm.remove(key);
        int slash = key.lastIndexOf('/');
        try {
            served.unregister(key.substring(0, Math.max(0, slash)), Integer.parseInt(key.substring(slash + 1)));
        } catch (NumberFormatException e) {
            throw new MalformedMessageException("the key of a version record must end with its number, not " + key, e);
        }
    }

    @Override
    public void onValue(String key, byte[] value) throws MalformedMessageException {
        warm.remove(key);
        ModelVersion version = ModelVersion.read(value);
        ModelFile file = ModelFile.of(version);
        served.register(file);
        if (version.warm()) {
            warm.put(key, file);
        }
    }

    /** Preloads only after the end of the topic was reached, so that a start loads only current versions. */
    @Override
    public Duration onCaughtUp(Duration longest) {
        warm.values().forEach(served::preload);
        warm.clear();
        return longest;
    }
}
