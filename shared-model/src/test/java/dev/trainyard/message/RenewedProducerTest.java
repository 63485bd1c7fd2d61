package dev.trainyard.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class RenewedProducerTest {
    private final List<MockProducer<String, String>> created = new ArrayList<>();
    private final List<Exception> failures = new ArrayList<>();
    private final RenewedProducer<String, String> producer = new RenewedProducer<>(() -> {
        MockProducer<String, String> next =
                new MockProducer<>(false, null, new StringSerializer(), new StringSerializer());
        created.add(next);
        return next;
    });

    @Test
    void aRefusedPasswordEndsTheProducerAndNotTheService() {
        send();
        created.get(0).errorNext(new SaslAuthenticationException("wrong password"));
        assertThat(failures).hasSize(1).first().isInstanceOf(SaslAuthenticationException.class);

        Future<RecordMetadata> second = send();
        created.get(1).completeNext();

        assertThat(second).isDone();
        assertThat(created).hasSize(2);
        assertThat(created.get(0).closed()).isTrue();
        assertThat(failures).hasSize(1);
    }

    @Test
    void pendingRecordsOfAnEndedProducerEndOneProducerOnly() {
        send();
        send();
        created.get(0).errorNext(new SaslAuthenticationException("wrong password"));
        send();
        created.get(0).errorNext(new SaslAuthenticationException("wrong password"));
        send();

        assertThat(created).hasSize(2);
        assertThat(created.get(1).closed()).isFalse();
    }

    @Test
    void anErrorOfOneRecordKeepsTheProducer() {
        send();
        created.get(0).errorNext(new RecordTooLargeException("too large"));
        send();

        assertThat(created).hasSize(1);
    }

    @Test
    void aClosedProducerIsNotReplaced() {
        send();
        producer.close();
        created.get(0).errorNext(new SaslAuthenticationException("wrong password"));

        assertThatThrownBy(this::send).isInstanceOfAny(KafkaException.class, IllegalStateException.class);
        assertThat(created).hasSize(1);
    }

    private Future<RecordMetadata> send() {
        return producer.send(new ProducerRecord<>("topic", "value"), (metadata, failure) -> {
            if (failure != null) {
                failures.add(failure);
            }
        });
    }
}
