package dev.trainyard.gateway.system;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * The platform as an operator sees it.
 *
 * @param jobs how many there are in each status
 * @param topics what waits in each topic that a group of readers shares; null while Kafka does not answer
 * @param deadLetters null while Kafka does not answer
 * @param unsent records on their way to Kafka, and those that it refuses
 * @param stopped partitions that are not read past a record of a later release, as gateways know of them
 * @param trouble why something is missing here; null unless something is
 */
public record SystemView(
        Instant at,
        Versions versions,
        List<Worker> workers,
        Map<String, Long> jobs,
        List<Lag> topics,
        Letters deadLetters,
        Unsent unsent,
        List<Stopped> stopped,
        String trouble) {

    /** How many are there; empty while Kafka, which knows the idle ones, does not answer. */
    @JsonIgnore
    public OptionalInt trainers() {
        return topics == null
                ? OptionalInt.empty()
                : OptionalInt.of((int) workers.stream()
                        .filter(worker -> worker.kind().equals("trainer"))
                        .count());
    }

    /** What runs here; null where it does not say. No field is called as a package is, which clients in Java name. */
    public record Versions(
            String trainyard, String quarkus, String javaRuntime, String postgresql, String kafkaClient) {}

    /**
     * A process that trains or predicts.
     *
     * @param kind {@code trainer} or {@code predictor}
     * @param state {@code running} a job, {@code silent} with a job but without a heartbeat of late, {@code idle} or
     *     {@code serving} predictions
     * @param lastHeartbeat of its job, or when its membership in the readers' group was last seen
     * @param running the job in hand; null for none
     */
    public record Worker(String name, String kind, String state, Instant lastHeartbeat, Running running) {}

    /** @param since when the worker claimed it */
    public record Running(
            UUID key, String network, int attempt, int currentEpoch, int epochs, double progress, Instant since) {}

    /** @param lag records that {@code group} has still to read */
    public record Lag(String topic, String group, int partitions, long lag) {}

    /**
     * @param waiting for the broker, or for the time at which a job is tried again
     * @param quarantined refused by Kafka and put aside; {@code GET /api/v1/unsent-records} lists them
     */
    public record Unsent(long waiting, long quarantined) {}

    /** @param offset of the record that this release cannot read */
    public record Stopped(String topic, int partition, long offset, String reason) {}

    public record Letters(long total, List<Count> topics) {}

    public record Count(String topic, long count) {}
}
