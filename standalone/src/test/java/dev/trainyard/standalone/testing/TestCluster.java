package dev.trainyard.standalone.testing;

import dev.trainyard.artifact.FileTree;
import dev.trainyard.standalone.kafka.KafkaNode;
import dev.trainyard.standalone.kafka.KafkaQuorum;
import dev.trainyard.standalone.platform.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** A real cluster of brokers in this JVM, without topics. */
public final class TestCluster implements AutoCloseable {
    private final Path folder = Files.createTempDirectory("trainyard-cluster");
    private final List<Integer> ports = new ArrayList<>();
    private final List<KafkaNode> nodes = new ArrayList<>();

    public TestCluster(int brokers) throws IOException {
        Map<Integer, Integer> controllers = new HashMap<>();
        for (int node = 1; node <= brokers; node++) {
            controllers.put(node, Ports.free());
            ports.add(Ports.free());
        }
        KafkaQuorum quorum = new KafkaQuorum(KafkaQuorum.newClusterId(), controllers);
        // a node is ready when it has a quorum, so they start together
        List<CompletableFuture<KafkaNode>> starting = new ArrayList<>();
        for (int node = 1; node <= brokers; node++) {
            int number = node;
            starting.add(CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return KafkaNode.start(
                                    folder.resolve("node-" + number), quorum, number, ports.get(number - 1));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    task -> new Thread(task, "start-node-" + number).start()));
        }
        starting.forEach(node -> nodes.add(node.join()));
    }

    public Map<String, Object> kafka() {
        return Map.of(
                "bootstrap.servers",
                ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")));
    }

    /** Settings of clients that know one broker only. */
    public Map<String, Object> oneAddress() {
        return Map.of("bootstrap.servers", "127.0.0.1:" + ports.get(0));
    }

    @Override
    public void close() throws IOException {
        List<Thread> stops = nodes.stream().map(node -> new Thread(node::close)).toList();
        stops.forEach(Thread::start);
        for (Thread stop : stops) {
            try {
                stop.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        FileTree.delete(folder);
    }
}
