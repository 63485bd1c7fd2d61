package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.Score;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Real events that are duplicated, late and reordered, mixed with forged ones. */
class EventFaultsIT {
    private static final int SEED = 7;
    private static final long LATER_THAN_ALL = 1_000_000;

    @RegisterExtension
    static final PlatformExtension platform = new PlatformExtension();

    @Test
    void duplicatedReorderedLateAndForgedEventsChangeNothing() throws Exception {
        String finished = platform.submit(PlatformExtension.small(3));
        platform.awaitStatus(finished, "success");
        String running = platform.submit(PlatformExtension.endless());
        platform.awaitEpoch(running, 2);
        JsonNode finishedBefore = platform.job(finished);
        List<JsonNode> finishedEvents = platform.client().events(finished);
        JsonNode runningBefore = platform.job(running);
        List<JsonNode> models = platform.client().models();

        List<ConsumerRecord<byte[], byte[]>> real = new ArrayList<>(platform.records(Topics.TRAIN_EVENTS, finished));
        real.addAll(platform.records(Topics.TRAIN_EVENTS, running));
        List<byte[]> all = new ArrayList<>(forged(event(real.get(real.size() - 1)), success(real)));
        all.addAll(forged(event(real.get(0)), success(real)));
        for (ConsumerRecord<byte[], byte[]> one : real) {
            all.addAll(List.of(one.value(), one.value()));
        }
        Collections.shuffle(all, new Random(SEED));
        awaitApplied(send(all));

        assertThat(platform.job(finished)).isEqualTo(finishedBefore);
        assertThat(platform.client().events(finished)).isEqualTo(finishedEvents);
        assertThat(platform.client().models()).isEqualTo(models);
        JsonNode runningAfter = platform.job(running);
        assertThat(runningAfter.path("status").asText()).isEqualTo("training_in_progress");
        assertThat(runningAfter.path("transitions")).isEqualTo(runningBefore.path("transitions"));
        assertThat(runningAfter.path("history")).startsWith(epochs(runningBefore));
        platform.awaitEpoch(
                running, runningAfter.path("history").size() + 2); // events of the run itself are still applied
        assertThat(platform.job(running).path("transitions")).isEqualTo(runningBefore.path("transitions"));
        platform.client().requestAction(running, "cancel");
    }

    /** Every fact with a token, attempt or job that differs from those of {@code real}. */
    private static List<byte[]> forged(TrainEvent real, TrainEvent.Succeeded success) {
        Score score = new Score(9, 0.1);
        List<TrainEvent.Fact> facts = List.of(
                new TrainEvent.Claimed(),
                new TrainEvent.Heartbeat(),
                new TrainEvent.Progress(1, 9, 0.99, 1, 1),
                new TrainEvent.EpochEnded(new EpochMetrics(3, score, score, 1), null),
                success,
                new TrainEvent.Failed(FailureCode.CONFIGURATION_REJECTED, "forged"),
                new TrainEvent.Released("forged"));
        List<byte[]> forged = new ArrayList<>();
        for (TrainEvent.Fact fact : facts) {
            forged.add(forge(real.key(), real.attempt(), UUID.randomUUID(), fact));
            forged.add(forge(real.key(), real.attempt() + 1, real.token(), fact));
            forged.add(forge(real.key(), real.attempt() - 1, real.token(), fact));
            forged.add(forge(UUID.randomUUID(), real.attempt(), real.token(), fact));
        }
        return forged;
    }

    private static byte[] forge(UUID key, int attempt, UUID token, TrainEvent.Fact fact) {
        return WireJson.write(
                new TrainEvent(Versioned.CURRENT, key, attempt, token, LATER_THAN_ALL, "forger", Instant.now(), fact));
    }

    private static TrainEvent event(ConsumerRecord<byte[], byte[]> message) throws Exception {
        return WireJson.read(message.value(), TrainEvent.class);
    }

    /** A success event that refers to an existing model. */
    private static TrainEvent.Succeeded success(List<ConsumerRecord<byte[], byte[]>> real) throws Exception {
        for (ConsumerRecord<byte[], byte[]> one : real) {
            if (event(one).fact() instanceof TrainEvent.Succeeded success) {
                return success;
            }
        }
        throw new AssertionError("no job succeeded");
    }

    private static JsonNode[] epochs(JsonNode job) {
        List<JsonNode> epochs = new ArrayList<>();
        job.path("history").forEach(epochs::add);
        return epochs.toArray(JsonNode[]::new);
    }

    /** Sends the events; returns the end offset of each partition that received one. */
    private static Map<Integer, Long> send(List<byte[]> events) throws Exception {
        Map<Integer, Long> ends = new HashMap<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(platform.kafka(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (byte[] event : events) {
                byte[] key =
                        WireJson.read(event, TrainEvent.class).key().toString().getBytes(StandardCharsets.UTF_8);
                RecordMetadata sent = producer.send(new ProducerRecord<>(Topics.TRAIN_EVENTS, key, event))
                        .get();
                ends.merge(sent.partition(), sent.offset() + 1, Math::max);
            }
        }
        return ends;
    }

    private static void awaitApplied(Map<Integer, Long> ends) {
        PlatformExtension.await("the gateways' positions").until(() -> {
            for (Map.Entry<Integer, Long> end : ends.entrySet()) {
                long position = platform.database()
                        .number("select next_offset from event_position where partition = ?", end.getKey());
                if (position < end.getValue()) {
                    return false;
                }
            }
            return true;
        });
    }
}
