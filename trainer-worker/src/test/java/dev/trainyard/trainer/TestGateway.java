package dev.trainyard.trainer;

import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.QueueOrder;
import dev.trainyard.message.TopicInstaller;
import dev.trainyard.message.TopicReplication;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.testing.TopicInspector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Simulates the gateway's side of the train topics. */
final class TestGateway implements AutoCloseable {
    private final Map<String, Object> kafka;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Admin admin;

    TestGateway(Map<String, Object> kafka) {
        this.kafka = kafka;
        this.producer = new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
        this.admin = Admin.create(kafka);
    }

    TrainJob submit(TrainJob job) throws Exception {
        submitBytes(job.key(), WireJson.write(job));
        return job;
    }

    TrainJob submit(TrainJob job, long number) throws Exception {
        submit(job.key(), WireJson.write(job), number);
        return job;
    }

    /** Creates the topic of {@code pool}. */
    void createPool(String pool) {
        TopicInstaller.install(kafka, List.of(Topics.jobs(pool)), TopicReplication.DEFAULTS, 30);
    }

    TrainJob submit(String pool, TrainJob job, long number) throws Exception {
        submit(Topics.jobs(pool), job.key(), WireJson.write(job), number);
        return job;
    }

    void submit(UUID key, byte[] value, long number) throws Exception {
        submit(Topics.TRAIN_JOBS, key, value, number);
    }

    /** Sends a job like the relay: with its queue position, to the partition of its number. */
    private void submit(String topic, UUID key, byte[] value, long number) throws Exception {
        QueueOrder place = new QueueOrder(1, number);
        ProducerRecord<byte[], byte[]> dispatch = new ProducerRecord<>(
                topic, place.partition(12), key.toString().getBytes(StandardCharsets.UTF_8), value);
        dispatch.headers().add(QueueOrder.HEADER, place.text().getBytes(StandardCharsets.UTF_8));
        producer.send(dispatch).get();
    }

    /** Another member of the trainers' group, which joins when it polls. */
    KafkaConsumer<byte[], byte[]> member() {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, Topics.TRAINERS_GROUP);
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, RoundRobinAssignor.class.getName());
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 300);
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
        KafkaConsumer<byte[], byte[]> member =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        member.subscribe(List.of(Topics.TRAIN_JOBS));
        return member;
    }

    void submitBytes(UUID key, byte[] value) throws Exception {
        send(Topics.TRAIN_JOBS, key, value);
    }

    void order(TrainControl order) throws Exception {
        send(Topics.TRAIN_CONTROL, order.key(), WireJson.write(order));
    }

    private void send(String topic, UUID key, byte[] value) throws InterruptedException, ExecutionException {
        producer.send(new ProducerRecord<>(topic, key.toString().getBytes(StandardCharsets.UTF_8), value))
                .get();
    }

    /** All events of {@code key} so far, in order. */
    List<TrainEvent> events(UUID key) throws MalformedMessageException {
        List<TrainEvent> events = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> message : all(Topics.TRAIN_EVENTS)) {
            TrainEvent event = WireJson.read(message.value(), TrainEvent.class);
            if (event.key().equals(key)) {
                events.add(event);
            }
        }
        return events;
    }

    List<String> kinds(UUID key) throws MalformedMessageException {
        return events(key).stream()
                .map(event -> event.fact().getClass().getSimpleName())
                .toList();
    }

    /** Returns all records of {@code topic}. */
    List<ConsumerRecord<byte[], byte[]>> all(String topic) {
        return TopicInspector.read(kafka, topic);
    }

    /** Waiting jobs, as an autoscaler sees them. */
    long lag() throws Exception {
        var committed = admin.listConsumerGroupOffsets(Topics.TRAINERS_GROUP)
                .partitionsToOffsetAndMetadata()
                .get();
        Map<TopicPartition, OffsetSpec> query = new HashMap<>();
        for (int partition = 0; partition < 12; partition++) {
            query.put(new TopicPartition(Topics.TRAIN_JOBS, partition), OffsetSpec.latest());
        }
        long lag = 0;
        for (var end : admin.listOffsets(query).all().get().entrySet()) {
            var done = committed.get(end.getKey());
            lag += end.getValue().offset() - (done == null ? 0 : done.offset());
        }
        return lag;
    }

    int groupMembers() throws Exception {
        return admin.describeConsumerGroups(List.of(Topics.TRAINERS_GROUP))
                .all()
                .get()
                .get(Topics.TRAINERS_GROUP)
                .members()
                .size();
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }
}
