package dev.trainyard.gateway.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.TracerProvider;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Effect of send failures on producer and rows; the test simulates the producer. */
class OutboxSenderTest {
    private static final OutboxRow ROW = new OutboxRow(1, "topic", "key", new byte[0], null, null, 0, null);

    private final Failing first = new Failing();
    private final Failing second = new Failing();
    private final Deque<Failing> producers = new ArrayDeque<>(List.of(first, second));
    private final OutboxSender sender =
            new OutboxSender(producers::pop, TracerProvider.noop().get(""));

    private static final class Failing extends MockProducer<String, byte[]> {
        Failing() {
            super(true, null, new StringSerializer(), new ByteArraySerializer());
        }
    }

    static Stream<RuntimeException> fatal() {
        return Stream.of(
                new KafkaException("the producer is in an error state"),
                new ClusterAuthorizationException("no idempotent writes"));
    }

    @ParameterizedTest
    @MethodSource("fatal")
    void aFailedProducerIsReplacedBeforeTheNextBatch(RuntimeException failure) throws Exception {
        first.sendException = failure;
        OutboxSender.Delivery failed = sender.send(List.of(ROW));
        assertThat(failed.unreachable).isSameAs(failure);
        assertThat(failed.refused)
                .as("a refused topic does not count against the row")
                .isEmpty();
        assertThat(first.closed()).isTrue();

        assertThat(sender.send(List.of(ROW)).sent).containsExactly(ROW);
        assertThat(second.history()).extracting(ProducerRecord::key).containsExactly("key");
    }

    @Test
    void aProducerThatCannotReachTheBrokerIsKept() throws Exception {
        first.sendException = new NetworkException("unreachable");
        assertThat(sender.send(List.of(ROW)).unreachable).isNotNull();
        first.sendException = null;
        assertThat(sender.send(List.of(ROW)).sent).containsExactly(ROW);
        assertThat(first.closed()).isFalse();
    }

    @Test
    void refusalsOfTopicAndRecordAreDistinguished() throws Exception {
        Map<RuntimeException, Boolean> refusals = Map.of(
                new TopicAuthorizationException("topic"), true,
                new UnknownServerException("broken"), true,
                new RecordTooLargeException("large"), false,
                new IllegalArgumentException("no such partition"), false);
        for (Map.Entry<RuntimeException, Boolean> refusal : refusals.entrySet()) {
            first.sendException = refusal.getKey();
            OutboxSender.Delivery delivery = sender.send(List.of(ROW));
            assertThat(delivery.refused).containsOnlyKeys(ROW);
            assertThat(delivery.ofTopic.contains(ROW))
                    .as(refusal.getKey().toString())
                    .isEqualTo(refusal.getValue());
        }
        assertThat(first.closed()).isFalse();
    }
}
