package dev.trainyard.gateway.system;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.trainyard.gateway.disk.DiskSpace;
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
 * @param quarantined model files that predictors do not run, because one of them ended while it ran them
 * @param modelProblems versions that a predictor was asked for and cannot serve
 * @param disk free space, and whether new work is refused for want of it
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
        List<Quarantined> quarantined,
        List<ModelProblem> modelProblems,
        DiskSpace.State disk,
        Unsent unsent,
        List<Stopped> stopped,
        String trouble) {

    /** How many are there, without those that are starting; empty while Kafka, which knows the idle ones, does not answer. */
    @JsonIgnore
    public OptionalInt trainers() {
        return topics == null
                ? OptionalInt.empty()
                : OptionalInt.of((int) workers.stream()
                        .filter(worker -> worker.kind().equals(Worker.TRAINER) && !worker.isStarting())
                        .count());
    }

    /** What runs here; null where it does not say. No field is called as a package is, which clients in Java name. */
    public record Versions(
            String trainyard, String quarkus, String javaRuntime, String postgresql, String kafkaClient) {}

    /**
     * A process that trains or predicts.
     *
     * @param kind {@code trainer} or {@code predictor}
     * @param state {@code running} a job, {@code silent} with a job but without a heartbeat of late, {@code idle},
     *     {@code serving} predictions, or {@code starting} where it is expected and was not seen yet
     * @param lastHeartbeat of its job, or when its membership in the readers' group was last seen; null while it starts
     * @param running the job in hand; null for none
     */
    public record Worker(String name, String kind, String state, Instant lastHeartbeat, Running running) {
        static final String TRAINER = "trainer";
        static final String PREDICTOR = "predictor";
        static final String STARTING = "starting";

        @JsonIgnore
        boolean isStarting() {
            return state.equals(STARTING);
        }
    }

    /** @param since when the worker claimed it */
    public record Running(
            UUID key, String network, int attempt, int currentEpoch, int epochs, double progress, Instant since) {}

    /** @param lag records that {@code group} has still to read */
    public record Lag(String topic, String group, int partitions, long lag) {}

    /**
     * A model file in quarantine; deleting the version or {@code release-quarantine} ends it.
     *
     * @param cause the signal, or how often there was none
     * @param phase {@code load} or {@code run}
     */
    public record Quarantined(
            String name, int version, String sha256, String predictor, String cause, String phase, Instant at) {}

    /** @param code {@code file_missing}, {@code file_damaged}, {@code file_unreadable}, {@code not_servable}, {@code no_memory} */
    public record ModelProblem(String predictor, String name, int version, String code, String detail, Instant since) {}

    /**
     * @param waiting for the broker, or for the time at which a job is tried again
     * @param held of those that wait, how many Kafka refused at their last try
     * @param heldReason of the newest of these; null where there is none
     * @param quarantined refused by Kafka and put aside; {@code GET /api/v1/unsent-records} lists them
     */
    public record Unsent(long waiting, long held, String heldReason, long quarantined) {}

    /** @param offset of the record that this release cannot read */
    public record Stopped(String topic, int partition, long offset, String reason) {}

    public record Letters(long total, List<Count> topics) {}

    public record Count(String topic, long count) {}
}
