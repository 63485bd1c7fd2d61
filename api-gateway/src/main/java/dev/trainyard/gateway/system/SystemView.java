package dev.trainyard.gateway.system;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.models.ModelName;
import dev.trainyard.job.Pools;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * State of the platform for operators.
 *
 * @param jobs number of jobs by status
 * @param pools of trainers with their jobs
 * @param topics consumer lag by topic; null while Kafka does not answer
 * @param deadLetters null while Kafka does not answer
 * @param quarantined model files that predictors do not load because a predictor process ended while running them
 * @param modelProblems requested versions that a predictor cannot serve
 * @param accelerators GPUs of the trainers
 * @param deviceProblems why trainers do not train on their GPUs
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
        List<Pool> pools,
        @Nullable List<Lag> topics,
        @Nullable Letters deadLetters,
        List<Quarantined> quarantined,
        List<ModelProblem> modelProblems,
        List<Accelerator> accelerators,
        List<DeviceProblem> deviceProblems,
        DiskSpace.State disk,
        Unsent unsent,
        List<Stopped> stopped,
        @Nullable String trouble) {

    /** The same without the jobs and models of other projects. */
    SystemView of(String project) {
        return new SystemView(
                at,
                versions,
                workers.stream().map(worker -> worker.of(project)).toList(),
                jobs,
                pools.stream().filter(pool -> pool.concerns(project)).toList(),
                topics,
                deadLetters,
                quarantined.stream()
                        .filter(found -> ModelName.project(found.name()).equals(project))
                        .map(Quarantined::plain)
                        .toList(),
                modelProblems.stream()
                        .filter(found -> ModelName.project(found.name()).equals(project))
                        .map(ModelProblem::plain)
                        .toList(),
                accelerators,
                deviceProblems,
                disk,
                new Unsent(unsent.waiting, unsent.held, null, unsent.quarantined),
                stopped,
                trouble);
    }

    /** Number of trainers of a pool, without those that are starting; empty while Kafka does not answer. */
    public OptionalInt trainers(String pool) {
        if (topics == null) {
            return OptionalInt.empty();
        }
        Integer live = pools.stream()
                .filter(known -> known.name().equals(pool))
                .map(Pool::liveTrainers)
                .findFirst()
                .orElse(0);
        return OptionalInt.of(live);
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

        Worker of(String project) {
            return running == null || running.project.equals(project)
                    ? this
                    : new Worker(name, kind, state, lastHeartbeat, null);
        }

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
            @Nullable Instant since,
            @JsonIgnore String project) {}

    /**
     * A pool of trainers.
     *
     * @param liveTrainers that serve it; null while Kafka does not answer
     * @param queued jobs that wait for a trainer
     * @param waiting jobs that wait for other jobs
     * @param projects of these jobs
     */
    public record Pool(
            String name,
            @Nullable Integer liveTrainers,
            long queued,
            long waiting,
            long running,
            @JsonIgnore Set<String> projects) {

        /** Names of pools that only other projects use are not shown. */
        boolean concerns(String project) {
            return liveTrainers == null || liveTrainers > 0 || name.equals(Pools.DEFAULT) || projects.contains(project);
        }
    }

    /** @param lag records that {@code group} has not read yet */
    public record Lag(String topic, String group, int partitions, long lag) {}

    /**
     * A model file in quarantine until its version is deleted or {@code release-quarantine} is called.
     *
     * @param cause the signal, or the number of crashes without one
     * @param phase {@code load} or {@code run}
     */
    public record Quarantined(
            String name, int version, String sha256, String predictor, String cause, String phase, Instant at) {

        private Quarantined plain() {
            return new Quarantined(ModelName.plain(name), version, sha256, predictor, cause, phase, at);
        }
    }

    /**
     * @param code {@code file_missing}, {@code file_damaged}, {@code file_unreadable}, {@code not_servable},
     * {@code no_memory}
     */
    public record ModelProblem(String predictor, String name, int version, String code, String detail, Instant since) {

        private ModelProblem plain() {
            return new ModelProblem(predictor, ModelName.plain(name), version, code, detail, since);
        }
    }

    /**
     * A GPU of a trainer.
     *
     * @param index on the trainer's machine
     * @param computeCapability null if the driver does not state it
     * @param memoryTotal bytes; null if unknown
     * @param memoryFree bytes at the trainer's last report, which is up to ten minutes old; null if unknown
     * @param used true if the trainer trains on it
     */
    public record Accelerator(
            String trainer,
            int index,
            String name,
            String driver,
            @Nullable String computeCapability,
            @Nullable Long memoryTotal,
            @Nullable Long memoryFree,
            boolean used) {}

    /** @param problem why the trainer trains on the processor, as sentences */
    public record DeviceProblem(String trainer, String problem) {}

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
