package dev.trainyard.gateway.models;

import dev.trainyard.message.CompactedTopicReader;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.message.PredictorStatus;
import dev.trainyard.message.Topics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Collects the reports of predictors: quarantined model files, and versions that they cannot serve. Thread-safe. */
@Singleton
public final class PredictorReports implements AutoCloseable {
    /** Age after which a report is stale; a running predictor repeats its status more often. */
    private static final Duration RETENTION = Duration.ofDays(1);

    private final Map<String, ModelQuarantine> quarantines = new ConcurrentHashMap<>();
    private final Map<String, PredictorStatus> statuses = new ConcurrentHashMap<>();
    private final List<CompactedTopicReader> followers;

    public PredictorReports(
            @Identifier("default-kafka-broker") Map<String, Object> kafka, MeterRegistry metrics) {
        this.followers = List.of(
                new CompactedTopicReader(kafka, Topics.MODEL_QUARANTINE, this::onQuarantine),
                new CompactedTopicReader(kafka, Topics.PREDICTOR_STATUS, this::onStatus));
        Gauge.builder("trainyard.models.quarantined", quarantines, Map::size).register(metrics);
    }

    /** Consumers, each to be run on its own thread. */
    public List<CompactedTopicReader> followers() {
        return followers;
    }

    /** The quarantine of the file; empty if there is none. */
    public Optional<ModelQuarantine> quarantine(String sha256) {
        return Optional.ofNullable(quarantines.get(sha256));
    }

    /** All quarantines, by model name and version. */
    public List<ModelQuarantine> quarantines() {
        return quarantines.values().stream()
                .sorted(Comparator.comparing(ModelQuarantine::name).thenComparingInt(ModelQuarantine::version))
                .toList();
    }

    /** The last status of each predictor, including stopped ones. */
    public List<PredictorStatus> statuses() {
        return statuses.values().stream()
                .sorted(Comparator.comparing(PredictorStatus::predictor))
                .toList();
    }

    /** Removes the quarantine here; the release is being sent to the predictors. */
    void released(String sha256) {
        quarantines.remove(sha256);
    }

    void onQuarantine(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
        if (message.value() == null) {
            quarantines.remove(key(message));
        } else {
            ModelQuarantine quarantine = ModelQuarantine.read(message.value());
            quarantines.put(quarantine.sha256(), quarantine);
        }
    }

    void onStatus(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
        if (message.value() == null) {
            statuses.remove(key(message));
        } else {
            PredictorStatus status = PredictorStatus.read(message.value());
            statuses.put(status.predictor(), status);
            // predictor names may contain process ids, so that each start adds another name
            statuses.values().removeIf(old -> old.at().isBefore(status.at().minus(RETENTION)));
        }
    }

    private static String key(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
        if (message.key() == null) {
            throw new MalformedMessageException("a record of %s has a key".formatted(message.topic()));
        }
        return new String(message.key(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        followers.forEach(CompactedTopicReader::close);
    }
}
