package dev.trainyard.message;

import dev.trainyard.job.Pools;
import dev.trainyard.kafka.KafkaEnvironment;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Creates the platform's topics and those of the pools in {@code TRAINYARD_POOLS}, before the first service starts.
 * Connects as an administrator or a gateway, with the {@code KAFKA_} variables of its environment. May be repeated.
 */
public final class TopicsCommand {
    private static final int LIMIT_SECONDS = 30;

    private TopicsCommand() {}

    public static void main(String[] args) {
        try {
            System.out.println(run(System.getenv()));
        } catch (IllegalStateException | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /**
     * Returns what was done.
     *
     * @throws IllegalArgumentException if a variable is wrong; the message names it
     * @throws IllegalStateException if the broker refuses or does not answer
     */
    public static String run(Map<String, String> environment) {
        List<String> jobs = Stream.of(environment
                        .getOrDefault("TRAINYARD_POOLS", Pools.DEFAULT)
                        .split(",", -1))
                .map(pool -> Topics.jobs(pool(pool.strip())))
                .toList();
        TopicReplication replication = new TopicReplication(
                number(environment, "TRAINYARD_TOPICS_REPLICATION_FACTOR"),
                number(environment, "TRAINYARD_TOPICS_MIN_INSYNC_REPLICAS"));
        TopicInstaller.install(KafkaEnvironment.settings(environment), jobs, replication, LIMIT_SECONDS);
        return "All topics exist, with those of jobs: " + String.join(", ", jobs);
    }

    private static String pool(String name) {
        if (!Pools.isName(name)) {
            throw new IllegalArgumentException("TRAINYARD_POOLS: \"%s\" %s".formatted(name, Pools.RULE));
        }
        return name;
    }

    private static OptionalInt number(Map<String, String> environment, String variable) {
        String text = environment.getOrDefault(variable, "").strip();
        try {
            return text.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("%s: \"%s\" is no whole number".formatted(variable, text), e);
        }
    }
}
