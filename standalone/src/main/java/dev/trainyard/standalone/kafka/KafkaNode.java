package dev.trainyard.standalone.kafka;

import dev.trainyard.message.RecordSizeLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.utils.Time;

/** A KRaft node on loopback that is broker and controller, alone or with others of a {@link KafkaQuorum}. */
public final class KafkaNode implements AutoCloseable {
    private final KafkaRaftServer server;

    private KafkaNode(KafkaRaftServer server) {
        this.server = server;
    }

    /**
     * Starts a node that accepts every client on this machine, for tests. It stores everything in {@code folder}, which is
     * formatted if it is new.
     */
    public static KafkaNode start(Path folder, int port, int controllerPort) throws IOException {
        return start(folder, KafkaQuorum.single(controllerPort), 1, port);
    }

    /** As {@link #start(Path, int, int)}, a node of a cluster. */
    public static KafkaNode start(Path folder, KafkaQuorum quorum, int node, int port) throws IOException {
        return start(folder, quorum, node, Map.of("listeners", listeners("PLAINTEXT", port, quorum, node)));
    }

    /** Starts a node that accepts only the users of {@link KafkaSecrets}. */
    public static KafkaNode startClosed(Path folder, int port, int controllerPort) throws IOException {
        return startClosed(folder, KafkaSecrets.in(folder), KafkaQuorum.single(controllerPort), 1, port);
    }

    private static KafkaNode startClosed(Path folder, KafkaSecrets secrets, KafkaQuorum quorum, int node, int port)
            throws IOException {
        Map<String, String> settings = new HashMap<>(secrets.broker());
        settings.put("listeners", listeners(KafkaSecrets.PROTOCOL, port, quorum, node));
        return start(folder, quorum, node, settings);
    }

    private static String listeners(String protocol, int port, KafkaQuorum quorum, int node) {
        return "%s://127.0.0.1:%d,%s".formatted(protocol, port, quorum.controllerListener(node));
    }

    /** @param settings listeners, and what they need */
    public static KafkaNode start(Path folder, int controllerPort, Map<String, String> settings) throws IOException {
        return start(folder, KafkaQuorum.single(controllerPort), 1, settings);
    }

    private static KafkaNode start(Path folder, KafkaQuorum quorum, int node, Map<String, String> settings)
            throws IOException {
        Files.createDirectories(folder);
        Properties properties = properties(folder, quorum, node);
        format(folder, properties, quorum, node);
        properties.putAll(settings);
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
        server.startup();
        return new KafkaNode(server);
    }

    /**
     * {@code KafkaNode FOLDER SECRETS NODE PORT CLUSTER_ID VOTERS}: runs a node until SIGTERM, with the secrets of the
     * folder {@code SECRETS}.
     */
    public static void main(String[] args) throws IOException {
        KafkaNode node = startClosed(
                Path.of(args[0]),
                KafkaSecrets.in(Path.of(args[1])),
                KafkaQuorum.parse(args[4], args[5]),
                Integer.parseInt(args[2]),
                Integer.parseInt(args[3]));
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "kafka-stop"));
        node.server.awaitShutdown();
    }

    private static Properties properties(Path folder, KafkaQuorum quorum, int node) {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "node.id", String.valueOf(node),
                "process.roles", "broker,controller",
                "controller.quorum.voters", quorum.voters(),
                "controller.listener.names", "CONTROLLER",
                "log.dirs", folder.resolve("log").toString(),
                "auto.create.topics.enable", "false",
                // trainers leave and rejoin for every job, so waiting for further members only delays them
                "group.initial.rebalance.delay.ms", "0"));
        properties.putAll(Map.of(
                "offsets.topic.replication.factor", String.valueOf(quorum.copies()),
                "offsets.topic.num.partitions", "4",
                // ten years: if the offset of an absent group expired, its trainers would receive all past jobs again
                "offsets.retention.minutes", "5256000",
                "transaction.state.log.replication.factor", String.valueOf(quorum.copies()),
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "1",
                // after a kill the broker cannot register before its old session expires; the default is 9 s
                "broker.session.timeout.ms", "2000",
                "broker.heartbeat.interval.ms", "800",
                "controlled.shutdown.max.retries", "1"));
        if (quorum.isSingle()) {
            // these records tell followers that the leader is alive, and there is no follower
            properties.put("metadata.max.idle.interval.ms", "0");
        } else {
            properties.putAll(quickElection());
        }
        // on a busy machine a start takes minutes, and the default of one minute would end the broker
        properties.put("initial.broker.registration.timeout.ms", "3600000");
        properties.putAll(retentionLimits());
        properties.putAll(sizeForOneMachine());
        properties.put("message.max.bytes", String.valueOf(RecordSizeLimits.BROKER));
        properties.put("replica.fetch.max.bytes", String.valueOf(RecordSizeLimits.BROKER));
        return properties;
    }

    /** How soon others take over from a controller that is gone; by default 2 s and up to 1 s for the election. */
    private static Map<String, String> quickElection() {
        return Map.of(
                "controller.quorum.fetch.timeout.ms", "1000",
                "controller.quorum.election.timeout.ms", "500",
                "controller.quorum.election.backoff.max.ms", "500");
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
                // each of these threads, of broker and controller, wakes up three times a second
                "listener.name.controller.num.network.threads", "1",
                "num.io.threads", "2",
                "background.threads", "2",
                "group.coordinator.threads", "1",
                "num.recovery.threads.per.data.dir", "2",
                // on the heap and zeroed at the start; the default is 128 MiB, and the compacted topics are small
                "log.cleaner.dedupe.buffer.size", String.valueOf(2 * 1024 * 1024));
    }

    private static void format(Path folder, Properties properties, KafkaQuorum quorum, int node) throws IOException {
        Path file = folder.resolve("server.properties");
        Properties stored = new Properties();
        stored.putAll(properties); // without secrets
        stored.put("listeners", listeners("PLAINTEXT", 0, quorum, node));
        try (var out = Files.newOutputStream(file)) {
            stored.store(out, null);
        }
        if (Files.exists(folder.resolve("log/meta.properties"))) {
            return;
        }
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);
        int status = StorageTool.execute(new String[] {"format", "-t", quorum.clusterId(), "-c", file.toString()}, out);
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
