package dev.trainyard.standalone.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders of the nodes of an embedded cluster: that of a single node, or {@code node-N} below it. */
public final class KafkaFolders {
    private final Path root;
    private final int nodes;

    private KafkaFolders(Path root, int nodes) {
        this.root = root;
        this.nodes = nodes;
    }

    /** @throws IOException if the data in {@code root} is that of another number of nodes */
    public static KafkaFolders in(Path root, int nodes) throws IOException {
        boolean single = Files.exists(root.resolve("log"));
        boolean cluster = Files.exists(root.resolve("node-1"));
        if (nodes == 1 ? cluster : single) {
            throw new IOException(
                    "%s has the data of %d Kafka broker(s), whose number cannot be changed. Start with --brokers %2$d, or choose another --data-dir."
                            .formatted(root, cluster ? 3 : 1));
        }
        return new KafkaFolders(root, nodes);
    }

    public Path of(int node) {
        return nodes == 1 ? root : root.resolve("node-" + node);
    }

    /** The id with which all nodes are formatted, also those that an interrupted start left out. */
    public String clusterId() throws IOException {
        Path file = root.resolve("cluster-id");
        if (!Files.exists(file)) {
            Files.writeString(file, KafkaQuorum.newClusterId());
        }
        return Files.readString(file).strip();
    }
}
