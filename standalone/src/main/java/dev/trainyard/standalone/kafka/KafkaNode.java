package dev.trainyard.standalone.kafka;

import dev.trainyard.message.RecordSizeLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/** A single KRaft node on loopback that is broker and controller. */
public final class KafkaNode implements AutoCloseable {
    private final KafkaRaftServer server;

    private KafkaNode(KafkaRaftServer server) {
        this.server = server;
    }

    /** Starts a node that stores everything in {@code folder}, which is formatted if it is new. */
    public static KafkaNode start(Path folder, int port, int controllerPort) throws IOException {
        Files.createDirectories(folder);
        Properties properties = properties(folder, port, controllerPort);
        format(folder, properties);
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
        server.startup();
        return new KafkaNode(server);
    }

    /** {@code KafkaNode FOLDER PORT CONTROLLER_PORT}: runs a node until SIGTERM. */
    public static void main(String[] args) throws IOException {
        KafkaNode node = start(Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "kafka-stop"));
        node.server.awaitShutdown();
    }

    private static Properties properties(Path folder, int port, int controllerPort) {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "node.id", "1",
                "process.roles", "broker,controller",
                "controller.quorum.voters", "1@127.0.0.1:" + controllerPort,
                "listeners", "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controllerPort),
                "controller.listener.names", "CONTROLLER",
                "log.dirs", folder.resolve("log").toString(),
                "auto.create.topics.enable", "false",
                // trainers leave and rejoin for every job, so waiting for further members only delays them
                "group.initial.rebalance.delay.ms", "0"));
        properties.putAll(Map.of(
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "4",
                // ten years: if the offset of an absent group expired, its trainers would receive all past jobs again
                "offsets.retention.minutes", "5256000",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "1",
                // after a kill the broker cannot register before its old session expires; the default is 9 s
                "broker.session.timeout.ms", "2000",
                "broker.heartbeat.interval.ms", "500",
                "controlled.shutdown.max.retries", "1"));
        // on a busy machine a start takes minutes, and the default of one minute would end the broker
        properties.put("initial.broker.registration.timeout.ms", "3600000");
        properties.putAll(retentionLimits());
        properties.putAll(sizeForOneMachine());
        properties.put("message.max.bytes", String.valueOf(RecordSizeLimits.BROKER));
        properties.put("replica.fetch.max.bytes", String.valueOf(RecordSizeLimits.BROKER));
        return properties;
    }

    /** Defaults for topics without retention settings of their own, and for Kafka's internal topics. */
    private static Map<String, String> retentionLimits() {
        String segment = String.valueOf(8 * 1024 * 1024);
        String bytes = String.valueOf(32 * 1024 * 1024);
        return Map.of(
                "log.retention.hours", "168",
                "log.retention.bytes", bytes,
                // the default of five minutes would let a burst of records fill the disk
                "log.retention.check.interval.ms", "10000",
                // the active segment, by default 100 MiB, is never compacted
                "offsets.topic.segment.bytes", segment,
                "transaction.state.log.segment.bytes", segment,
                "metadata.log.segment.bytes", segment,
                "metadata.max.retention.bytes", bytes);
    }

    /** The defaults suit a server that runs nothing else, and keep it busy while there is nothing to do. */
    private static Map<String, String> sizeForOneMachine() {
        return Map.of(
                "num.network.threads", "2",
                "num.io.threads", "4",
                "background.threads", "2",
                "group.coordinator.threads", "1",
                "num.recovery.threads.per.data.dir", "2",
                // on the heap and zeroed at the start; the default is 128 MiB, and the compacted topics are small
                "log.cleaner.dedupe.buffer.size", String.valueOf(2 * 1024 * 1024),
                // these records tell followers that the leader is alive, and there is no follower
                "metadata.max.idle.interval.ms", "0");
    }

    private static void format(Path folder, Properties properties) throws IOException {
        Path file = folder.resolve("server.properties");
        try (var out = Files.newOutputStream(file)) {
            properties.store(out, null);
        }
        if (Files.exists(folder.resolve("log/meta.properties"))) {
            return;
        }
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);
        int status = StorageTool.execute(
                new String[] {"format", "-t", Uuid.randomUuid().toString(), "-c", file.toString()}, out);
        if (status != 0) {
            throw new IOException("Kafka's storage could not be formatted: " + output.toString(StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }
}
