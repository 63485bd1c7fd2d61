package dev.trainyard.gateway.system;

import dev.trainyard.job.Pools;
import dev.trainyard.message.CompactedTopicReader;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainerStatus;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Collects the reports of trainers on their devices. Trainers of the release before send none. Thread-safe. */
@Singleton
public final class TrainerReports implements AutoCloseable {
    /** Age after which a report is stale; a running trainer repeats its status more often. */
    private static final Duration RETENTION = Duration.ofDays(1);
    /** Between two jobs a trainer is neither at work nor among those that wait. */
    private static final Duration BETWEEN_JOBS = Duration.ofSeconds(30);

    private final Map<String, TrainerStatus> statuses = new ConcurrentHashMap<>();
    private final Map<String, Instant> seen = new ConcurrentHashMap<>();
    private final CompactedTopicReader follower;

    public TrainerReports(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.follower = new CompactedTopicReader(kafka, Topics.TRAINER_STATUS, this::onStatus);
    }

    /** Consumer, to be run on its own thread. */
    public CompactedTopicReader follower() {
        return follower;
    }

    /** The last status of each trainer, including stopped ones. */
    List<TrainerStatus> all() {
        return statuses.values().stream()
                .sorted(Comparator.comparing(TrainerStatus::trainer))
                .toList();
    }

    /** The pools that {@code trainer} serves; the default pool if it has not reported any. */
    List<String> pools(String trainer) {
        TrainerStatus status = statuses.get(trainer);
        return status == null ? List.of(Pools.DEFAULT) : status.pools();
    }

    /** The last status of each trainer that is visible, or was a moment ago. */
    List<TrainerStatus> of(Collection<String> visible, Instant now) {
        visible.forEach(name -> seen.put(name, now));
        seen.values().removeIf(at -> at.isBefore(now.minus(BETWEEN_JOBS)));
        return all().stream()
                .filter(status -> seen.containsKey(status.trainer()))
                .toList();
    }

    void onStatus(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
        if (message.value() == null) {
            if (message.key() == null) {
                throw new MalformedMessageException("a record of %s has a key".formatted(message.topic()));
            }
            statuses.remove(new String(message.key(), StandardCharsets.UTF_8));
        } else {
            TrainerStatus status = TrainerStatus.read(message.value());
            statuses.put(status.trainer(), status);
            // names may contain process ids, so that each start adds another name
            statuses.values().removeIf(old -> old.at().isBefore(status.at().minus(RETENTION)));
        }
    }

    @Override
    public void close() {
        follower.close();
    }
}
