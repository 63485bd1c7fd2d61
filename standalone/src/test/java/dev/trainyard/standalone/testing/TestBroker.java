package dev.trainyard.standalone.testing;

import dev.trainyard.artifact.FileTree;
import dev.trainyard.message.TopicInstaller;
import dev.trainyard.standalone.kafka.KafkaNode;
import dev.trainyard.standalone.platform.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A real broker for one test in this JVM, with all topics; workers need no database. */
public final class TestBroker implements AutoCloseable {
    private final Path folder = Files.createTempDirectory("trainyard-broker");
    private final int port = Ports.free();
    private final KafkaNode node = KafkaNode.start(folder, port, Ports.free());

    public TestBroker() throws IOException {
        TopicInstaller.install(kafka(), 60);
    }

    public Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", bootstrapServers());
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() throws IOException {
        node.close();
        FileTree.delete(folder);
    }
}
