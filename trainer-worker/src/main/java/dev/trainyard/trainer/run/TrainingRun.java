package dev.trainyard.trainer.run;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.StorageUnavailableException;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.engine.EngineUnavailableException;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.NetworkSpec;
import dev.trainyard.network.Networks;
import dev.trainyard.trainer.report.JobPhase;
import dev.trainyard.trainer.report.RunEventReporter;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt at a claimed job, from data to published model. Used once, by one thread. */
public final class TrainingRun {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);
    private static final int MESSAGE_LIMIT = 1_000;

    private final RunContext context;
    private final TrainJob job;
    private final RunEventReporter events;
    private final StopSignal stop;
    private final HeartbeatSender heartbeat;
    /** Checkpoint of a drained run within its epoch; null between epochs. */
    private @Nullable ArtifactRef partial;

    public TrainingRun(
            RunContext context, TrainJob job, RunEventReporter events, StopSignal stop, HeartbeatSender heartbeat) {
        this.context = context;
        this.job = job;
        this.events = events;
        this.stop = stop;
        this.heartbeat = heartbeat;
    }

    /** Trains until success, failure or stop. Reports everything to the gateway and throws nothing. */
    public RunOutcome run() {
        try (JobPhase job = JobPhase.of(JobPhase.JOB)) {
            return train();
        } catch (Exception | OutOfMemoryError | StackOverflowError | LinkageError e) {
            // Engines may wrap the listener's exception, so the signal counts, not the exception.
            return stop.reason().map(this::stopped).orElseGet(() -> ended(e));
        }
    }

    /** An outage of the store is no failure of the job, which waits and resumes from its last checkpoint. */
    private RunOutcome ended(Throwable cause) {
        for (Throwable e = cause; e != null; e = e.getCause()) {
            if (e instanceof StorageUnavailableException) {
                LOG.warn("job {} attempt {}: {}", job.key(), job.attempt(), e.getMessage());
                return stopped(StopReason.STORAGE_LOST);
            }
        }
        return failed(cause);
    }

    private RunOutcome train() {
        stop.check();
        TrainingData data = load();
        stop.check();
        heartbeat.progressed();
        if (job.config().isImport()) {
            TrainEvent.Succeeded imported = new ModelImport(context, job, events.token(), data, this::step).complete();
            stop.check();
            events.report(imported);
            return new RunOutcome.Succeeded(imported.result());
        }
        NetworkSpec spec = spec(data);
        CheckpointResume.Opened opened = CheckpointResume.open(job, spec, context.engines(), context.artifacts());
        try (EngineRun run = opened.run()) {
            stop.check();
            heartbeat.progressed();
            TrainingLoop loop = new TrainingLoop(context, job, events, stop, heartbeat, opened, data);
            TrainEvent.Succeeded success;
            try {
                success = loop.complete();
            } catch (RuntimeException e) {
                if (stop.reason().filter(StopReason.DRAINING::equals).isPresent()) {
                    partial = loop.partialCheckpoint().orElse(null);
                }
                throw e;
            }
            stop.check();
            events.report(success);
            return new RunOutcome.Succeeded(success.result());
        }
    }

    private void step() {
        stop.check();
        heartbeat.progressed();
    }

    private TrainingData load() {
        try (JobPhase phase = JobPhase.of("dataset")) {
            return context.datasets().load(job.config().dataset());
        } catch (IOException e) {
            throw new TrainingFailedException(
                    FailureCode.DATASET_UNREADABLE,
                    "The dataset cannot be read on the worker; convert it again. " + e.getMessage(),
                    e);
        }
    }

    private NetworkSpec spec(TrainingData data) {
        TrainingConfig config = job.config();
        ImageDataset images = data.train();
        try {
            return Networks.spec(
                    config.network(),
                    config.networkArgs(),
                    new ImageShape(images.depth(), images.height(), images.width()),
                    data.classes());
        } catch (IllegalArgumentException e) {
            throw new TrainingFailedException(FailureCode.CONFIGURATION_REJECTED, e.getMessage(), e);
        }
    }

    private RunOutcome stopped(StopReason reason) {
        switch (reason) {
            // a gateway that knows holds has paused the job by its last epoch and drops this event
            case HELD -> events.report(new TrainEvent.Released("the job is held after its last epoch"));
            case CANCELLED, PAUSED, FENCED -> events.stopReporting();
            case DRAINING -> events.report(new TrainEvent.Released("the worker is shutting down", partial));
            case CONTACT_LOST ->
                events.report(new TrainEvent.Released("the worker could not reach Kafka and gave the job back"));
            case STORAGE_LOST ->
                events.report(
                        new TrainEvent.Released("the worker could not reach the artifact store and gave the job back"));
        }
        LOG.info("job {} attempt {} stopped: {}", job.key(), job.attempt(), reason);
        return new RunOutcome.Stopped(reason);
    }

    private RunOutcome failed(Throwable cause) {
        RunOutcome.Failed failure = explain(cause);
        if (failure.code() == FailureCode.INTERNAL_ERROR) {
            LOG.error("job {} attempt {} failed", job.key(), job.attempt(), cause);
        } else {
            LOG.warn("job {} attempt {} failed: {}: {}", job.key(), job.attempt(), failure.code(), failure.message());
        }
        events.report(new TrainEvent.Failed(failure.code(), failure.message()));
        return failure;
    }

    private static RunOutcome.Failed explain(Throwable cause) {
        for (Throwable e = cause; e != null; e = e.getCause()) {
            if (e instanceof TrainingFailedException known) {
                return failure(known.code(), known.getMessage());
            }
            if (e instanceof EngineUnavailableException) {
                return failure(FailureCode.ENGINE_UNAVAILABLE, e.getMessage());
            }
            if (e instanceof LinkageError) {
                return failure(FailureCode.ENGINE_UNAVAILABLE, "The engine's native library did not load: " + e);
            }
            if (e instanceof OutOfMemoryError) {
                return failure(
                        FailureCode.INTERNAL_ERROR,
                        "The worker ran out of memory (%s); give it more or make the network or batch_size smaller."
                                .formatted(e.getMessage()));
            }
        }
        return failure(FailureCode.INTERNAL_ERROR, "The worker failed unexpectedly: " + cause);
    }

    private static RunOutcome.Failed failure(FailureCode code, @Nullable String detail) {
        String message = Objects.requireNonNullElse(detail, "The worker gave no reason; see its log.");
        return new RunOutcome.Failed(
                code, message.length() <= MESSAGE_LIMIT ? message : message.substring(0, MESSAGE_LIMIT));
    }
}
