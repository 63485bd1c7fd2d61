package dev.trainyard.gateway.system;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.trainyard.gateway.disk.DiskSpace;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * State of the platform for operators.
 *
 * @param jobs number of jobs by status
 * @param topics consumer lag by topic; null while Kafka does not answer
 * @param deadLetters null while Kafka does not answer
 * @param quarantined model files that predictors do not load because a predictor process ended while running them
 * @param modelProblems requested versions that a predictor cannot serve
 * @param disk free space, and whether new work is refused
 * @param unsent records that wait to be sent to Kafka, and records that Kafka refuses
 * @param stopped partitions at which reading stopped at a record of a later release
 * @param trouble why a field is missing
 */
public record SystemView(
        Instant at,
        Versions versions,
        List<Worker> workers,
        Map<String, Long> jobs,
        @Nullable List<Lag> topics,
        @Nullable Letters deadLetters,
        List<Quarantined> quarantined,
        List<ModelProblem> modelProblems,
        DiskSpace.State disk,
        Unsent unsent,
        List<Stopped> stopped,
        @Nullable String trouble) {

    /** Number of trainers, without those that are starting; empty while Kafka does not answer. */
    @JsonIgnore
    public OptionalInt trainers() {
        return topics == null
                ? OptionalInt.empty()
                : OptionalInt.of((int) workers.stream()
                        .filter(worker -> worker.kind().equals(Worker.TRAINER) && !worker.isStarting())
                        .count());
    }

    /**
     * Versions of the components; null if unknown. No field may be named like a top-level Java package, which breaks
     * generated clients.
     */
    public record Versions(
            @Nullable String trainyard,
            @Nullable String quarkus,
            @Nullable String javaRuntime,
            @Nullable String postgresql,
            @Nullable String kafkaClient) {}

    /**
     * A process that trains or predicts.
     *
     * @param kind {@code trainer} or {@code predictor}
     * @param state {@code running} a job, {@code silent} with a job but without a recent heartbeat, {@code idle},
     *     {@code serving} predictions, or {@code starting} if it is expected and was not seen yet
     * @param lastHeartbeat heartbeat of its job, or time at which its group membership was seen; null while it starts
     * @param running its job
     */
    public record Worker(
            String name,
            String kind,
            String state,
            @Nullable Instant lastHeartbeat,
            @Nullable Running running) {
        static final String TRAINER = "trainer";
        static final String PREDICTOR = "predictor";
        static final String STARTING = "starting";

        @JsonIgnore
        boolean isStarting() {
            return state.equals(STARTING);
        }
    }

    /** @param since time of the claim */
    public record Running(
            UUID key,
            String network,
            int attempt,
            int currentEpoch,
            int epochs,
            double progress,
            @Nullable Instant since) {}

    /** @param lag records that {@code group} has not read yet */
    public record Lag(String topic, String group, int partitions, long lag) {}

    /**
     * A model file in quarantine until its version is deleted or {@code release-quarantine} is called.
     *
     * @param cause the signal, or the number of crashes without one
     * @param phase {@code load} or {@code run}
     */
    public record Quarantined(
            String name, int version, String sha256, String predictor, String cause, String phase, Instant at) {}

    /**
     * @param code {@code file_missing}, {@code file_damaged}, {@code file_unreadable}, {@code not_servable},
     * {@code no_memory}
     */
    public record ModelProblem(String predictor, String name, int version, String code, String detail, Instant since) {}

    /**
     * @param waiting records that wait for the broker or for the time of a retry
     * @param held waiting records that Kafka refused at the last attempt
     * @param heldReason reason of the newest held record
     * @param quarantined records in quarantine; {@code GET /api/v1/unsent-records} lists them
     */
    public record Unsent(long waiting, long held, @Nullable String heldReason, long quarantined) {}

    /** @param offset offset of the record that this release cannot read */
    public record Stopped(String topic, int partition, long offset, String reason) {}

    public record Letters(long total, List<Count> topics) {}

    public record Count(String topic, long count) {}
}
