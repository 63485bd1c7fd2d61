package dev.trainyard.predictor.models;

import dev.trainyard.message.CompactedTopicReader;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.ModelVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Registers the versions of {@code models.versions}. Not thread-safe. */
public final class VersionTopicListener implements CompactedTopicReader.Listener {
    private final ServedModels served;
    private final Map<String, ModelFile> warm = new LinkedHashMap<>();

    public VersionTopicListener(ServedModels served) {
        this.served = served;
    }

    @Override
    public void onRecord(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
        if (message.key() == null) {
            throw new MalformedMessageException("the key of a version record must be name and number");
        }
        String key = new String(message.key(), StandardCharsets.UTF_8);
        warm.remove(key);
        if (message.value() == null) {
            int slash = key.lastIndexOf('/');
            try {
                served.unregister(key.substring(0, Math.max(0, slash)), Integer.parseInt(key.substring(slash + 1)));
            } catch (NumberFormatException e) {
                throw new MalformedMessageException(
                        "the key of a version record must end with its number, not " + key, e);
            }
            return;
        }
        ModelVersion version = ModelVersion.read(message.value());
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
