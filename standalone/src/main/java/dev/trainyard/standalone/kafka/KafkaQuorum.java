package dev.trainyard.standalone.kafka;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/**
 * The nodes of an embedded cluster, all on loopback, each broker and controller.
 *
 * @param clusterId with which the nodes' folders are formatted
 * @param controllers port of the controller by node
 */
public record KafkaQuorum(String clusterId, Map<Integer, Integer> controllers) {
    private static final String HOST = "127.0.0.1";

    public KafkaQuorum {
        controllers = Map.copyOf(controllers);
    }

    /** A cluster of one node with a new id. */
    public static KafkaQuorum single(int controllerPort) {
        return new KafkaQuorum(newClusterId(), Map.of(1, controllerPort));
    }

    public static String newClusterId() {
        return Uuid.randomUuid().toString();
    }

    /** Reads {@link #voters}. */
    static KafkaQuorum parse(String clusterId, String voters) {
        Map<Integer, Integer> controllers = new TreeMap<>();
        for (String voter : voters.split(",")) {
            String[] parts = voter.split("[@:]");
            controllers.put(Integer.valueOf(parts[0]), Integer.valueOf(parts[2]));
        }
        return new KafkaQuorum(clusterId, controllers);
    }

    /** In the form of {@code controller.quorum.voters}. */
    public String voters() {
        return new TreeMap<>(controllers)
                .entrySet().stream()
                        .map(node -> "%d@%s:%d".formatted(node.getKey(), HOST, node.getValue()))
                        .collect(Collectors.joining(","));
    }

    String controllerListener(int node) {
        return "CONTROLLER://%s:%d".formatted(HOST, controllers.get(node));
    }

    boolean isSingle() {
        return controllers.size() == 1;
    }

    /** Copies of Kafka's own topics. */
    int copies() {
        return Math.min(3, controllers.size());
    }
}
