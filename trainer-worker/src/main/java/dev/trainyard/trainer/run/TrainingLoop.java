package dev.trainyard.trainer.run;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.job.TrainingResult;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.trainer.report.JobPhase;
import dev.trainyard.trainer.report.RunEventReporter;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remaining passes of a run: epochs, final evaluation, publication. */
final class TrainingLoop {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingLoop.class);

    private final RunContext context;
    private final TrainJob job;
    private final RunEventReporter events;
    private final StopSignal stop;
    private final HeartbeatSender heartbeat;
    private final EngineRun run;
    private final String engine;
    private final TrainingData data;
    private final HoldoutSplit holdout;
    private final ProgressMeter meter;
    private Phase phase = Phase.CHECKPOINTED;

    /** Relation of the engine's state to the last checkpoint. */
    private enum Phase {
        /** The last checkpoint is up to date. */
        CHECKPOINTED,
        TRAINING,
        /** All images of the epoch were trained on, but not yet checkpointed. */
        VALIDATING
    }

    TrainingLoop(
            RunContext context,
            TrainJob job,
            RunEventReporter events,
            StopSignal stop,
            HeartbeatSender heartbeat,
            CheckpointResume.Opened opened,
            TrainingData data) {
        this.context = context;
        this.job = job;
        this.events = events;
        this.stop = stop;
        this.heartbeat = heartbeat;
        this.run = opened.run();
        this.engine = opened.engine();
        this.data = data;
        TrainArgs args = job.config().trainArgs();
        try (JobPhase phase = JobPhase.of("holdout")) {
            this.holdout = HoldoutSplit.of(
                    data.train(),
                    args.validationSplit(),
                    args.seed(),
                    job.config().saveWeights());
        }
        ProgressMeter.Workload workload = new ProgressMeter.Workload(
                args.epochs(),
                holdout.training().size(),
                holdout.validationSize(),
                data.train().size() + data.test().size());
        this.meter = new ProgressMeter(context.clock(), context.progressInterval(), workload, run.epochsDone(), engine);
    }

    TrainEvent.Succeeded complete() {
        while (run.epochsDone() < job.config().trainArgs().epochs()) {
            trainEpoch();
            stopIfHeld();
        }
        Score train = evaluate(data.train(), "evaluation");
        Score test = evaluate(data.test(), "evaluation");
        TrainingResult result = new TrainingResult(train, test);
        if (!job.config().saveWeights()) {
            return new TrainEvent.Succeeded(result, null, null);
        }
        Publication published = Publication.of(
                context,
                job,
                events.token(),
                new Publication.Candidate(run, engine, data, holdout, result),
                this::step);
        return new TrainEvent.Succeeded(result, published.model(), published.metadata());
    }

    /** Also stops after a later epoch, where a gateway of an earlier release has not held the job. */
    private void stopIfHeld() {
        Integer hold = job.holdAfterEpoch();
        int done = run.epochsDone();
        if (hold != null && done >= hold && done < job.config().trainArgs().epochs()) {
            stop.request(StopReason.HELD);
            stop.check();
        }
    }

    /** Stores the progress since the last checkpoint of a run that must stop; empty if there is none. */
    Optional<ArtifactRef> partialCheckpoint() {
        if (phase == Phase.CHECKPOINTED) {
            return Optional.empty();
        }
        boolean training = phase == Phase.TRAINING;
        int epochs = training ? run.epochsDone() : run.epochsDone() - 1;
        try {
            String path = ArtifactPaths.partialCheckpoint(job.key(), job.attempt(), events.token(), epochs);
            byte[] checkpoint = training ? run.checkpoint() : run.checkpointBeforeEpochEnd();
            return Optional.of(context.artifacts().write(path, checkpoint));
        } catch (IOException e) {
            LOG.warn("job {}: the current epoch is lost because it could not be stored: {}", job.key(), e.toString());
            return Optional.empty();
        }
    }

    private void trainEpoch() {
        long startedAt = context.clock().nanos();
        int epoch = run.epochsDone() + 1;
        meter.epochStarts(epoch);
        phase = Phase.TRAINING;
        Score trained = trainImages(epoch);
        phase = Phase.VALIDATING;
        requireFinite(trained.loss(), epoch);
        meter.trainingPassEnded(holdout.training().size());
        Score validation = holdout.validation()
                .map(images -> evaluate(images, "validation"))
                .orElse(null);
        double seconds = (context.clock().nanos() - startedAt) / 1e9;
        ArtifactRef checkpoint = store(epoch);
        phase = Phase.CHECKPOINTED;
        heartbeat.progressed();
        report(new TrainEvent.EpochEnded(new EpochMetrics(epoch, trained, validation, seconds), checkpoint, engine));
    }

    private Score trainImages(int epoch) {
        try (JobPhase phase = JobPhase.of("training")) {
            return run.trainEpoch(holdout.training(), (samples, loss) -> {
                step();
                requireFinite(loss, epoch);
                meter.trained(samples, loss).ifPresent(this::report);
            });
        }
    }

    private Score evaluate(ImageDataset images, String name) {
        stop.check();
        try (JobPhase phase = JobPhase.of(name)) {
            Score score = run.evaluate(images, (samples, loss) -> {
                step();
                meter.evaluated(samples).ifPresent(this::report);
            });
            meter.evaluationPassEnded(images.size());
            return score;
        }
    }

    private void report(TrainEvent.Fact fact) {
        try (JobPhase phase = JobPhase.of(JobPhase.EVENTS)) {
            events.report(fact);
        }
    }

    private void step() {
        stop.check();
        heartbeat.progressed();
    }

    private ArtifactRef store(int epoch) {
        try (JobPhase phase = JobPhase.of("checkpoint")) {
            String path = ArtifactPaths.checkpoint(job.key(), job.attempt(), events.token(), epoch);
            return context.artifacts().write(path, run.checkpoint());
        } catch (IOException e) {
            throw ArtifactErrors.of("The checkpoint of epoch " + epoch, e);
        }
    }

    private static void requireFinite(double loss, int epoch) {
        if (!Double.isFinite(loss)) {
            throw new TrainingFailedException(
                    FailureCode.TRAINING_DIVERGED,
                    "The loss became %s in epoch %d; try a smaller learning_rate.".formatted(loss, epoch));
        }
    }
}
