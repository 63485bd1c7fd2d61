package dev.trainyard.gateway.jobs;

import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.artifact.StorageUnavailableException;
import dev.trainyard.gateway.models.ModelRegistry;
import dev.trainyard.gateway.outbox.OutboxRelay;
import dev.trainyard.gateway.runtime.ChangeTopic;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.Notifier;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobState;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainEvent.EpochEnded;
import dev.trainyard.message.TrainEvent.Progress;
import dev.trainyard.message.TrainEvent.Released;
import dev.trainyard.message.TrainEvent.Succeeded;
import dev.trainyard.message.WireJson;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies events of trainers to jobs. An event is applied only if job, attempt, token and sequence number match; other
 * events are dropped and counted, so that duplicate, late or forged events have no effect.
 */
@Singleton
public final class TrainEventApplier {
    private static final Logger LOG = LoggerFactory.getLogger(TrainEventApplier.class);

    /** Upper ends of the ranges in which the metric counts delays, for percentiles. */
    private static final Duration[] START_DELAYS = LongStream.of(
                    100, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000, 14_400_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final Jdbi jdbi;
    private final Rules rules;
    private final Publication publication;
    private final Runnable wakeRelay;
    private final Runnable jobsChanged;
    private final MeterRegistry metrics;
    private final Timer startDelay;

    /** Retry rules and lease duration. */
    public record Rules(JobRules jobs, Duration lease) {}

    /** Publishes the model of a job in the transaction in which the job succeeds. */
    public record Publication(Transactions transactions, ModelRegistry models, ArtifactStore artifacts) {

        /**
         * Checks the model and reads its metadata.
         *
         * @throws UncheckedIOException if the store does not answer; then the event must wait, because its run was good
         */
        private PublishedFiles read(Succeeded fact) {
            if (fact.model() == null) {
                return NONE;
            }
            try {
                artifacts.read(fact.model());
                return new PublishedFiles(
                        WireJson.read(
                                artifacts.read(Objects.requireNonNull(fact.metadata())),
                                ModelMetadata.class,
                                ModelMetadata::v),
                        null);
            } catch (StorageUnavailableException e) {
                throw new UncheckedIOException(e);
            } catch (IOException | MalformedMessageException e) {
                return new PublishedFiles(null, "The model cannot be read: " + e.getMessage());
            }
        }
    }

    /**
     * What the artifact store holds of a successful run.
     *
     * @param metadata null if the run stored no model
     * @param problem why a stored model cannot be published
     */
    private record PublishedFiles(
            @Nullable ModelMetadata metadata, @Nullable String problem) {}

    private static final PublishedFiles NONE = new PublishedFiles(null, null);

    @Inject
    TrainEventApplier(
            Jdbi jdbi,
            JobRules rules,
            Transactions transactions,
            ModelRegistry models,
            ArtifactStore artifacts,
            OutboxRelay relay,
            Notifier notifier,
            GatewaySettings settings,
            MeterRegistry metrics) {
        this(
                jdbi,
                new Rules(rules, settings.lease().duration()),
                new Publication(transactions, models, artifacts),
                relay::wake,
                () -> notifier.publish(ChangeTopic.JOBS),
                metrics);
    }

    public TrainEventApplier(
            Jdbi jdbi,
            Rules rules,
            Publication publication,
            Runnable wakeRelay,
            Runnable jobsChanged,
            MeterRegistry metrics) {
        this.jdbi = jdbi;
        this.rules = rules;
        this.publication = publication;
        this.wakeRelay = wakeRelay;
        this.jobsChanged = jobsChanged;
        this.metrics = metrics;
        this.startDelay = Timer.builder("trainyard.jobs.start.delay")
                .description("Time from the moment at which a job may start until its trainer has claimed it")
                .serviceLevelObjectives(START_DELAYS)
                .register(metrics);
    }

    /** Applies one event in its own transaction; returns false if it was dropped. */
    public boolean apply(TrainEvent event) {
        TrainEvent.Fact fact = event.fact();
        boolean applied;
        if (fact instanceof TrainEvent.Heartbeat) {
            applied = jdbi.withHandle(handle -> RunUpdates.heartbeat(handle, event, rules.lease()));
        } else if (fact instanceof Progress progress) {
            applied = jdbi.withHandle(handle -> RunUpdates.progress(handle, event, progress));
            jobsChanged.run();
        } else {
            applied = fact instanceof Succeeded succeeded ? applySucceeded(event, succeeded) : applyLocked(event, NONE);
            wakeRelay.run();
            jobsChanged.run();
        }
        if (!applied) {
            metrics.counter("trainyard.events.dropped", "type", fact.getClass().getSimpleName())
                    .increment();
        }
        return applied;
    }

    /** Reads the files first, because a transaction must not wait for the artifact store. */
    private boolean applySucceeded(TrainEvent event, Succeeded fact) {
        PublishedFiles files = publication.read(fact);
        return publication.transactions().call(() -> applyLocked(event, files));
    }

    private boolean applyLocked(TrainEvent event, PublishedFiles files) {
        return jdbi.inTransaction(handle -> applyLocked(handle, event, files));
    }

    private boolean applyLocked(Handle handle, TrainEvent event, PublishedFiles files) {
        Optional<JobRow> found = JobRow.lock(handle, event.key());
        if (found.isEmpty()) {
            // the job was deleted; without fencing the worker would train it in vain
            if (event.fact() instanceof TrainEvent.Claimed) {
                Transitions.fence(handle, event.key(), event.attempt(), event.token());
            }
            return false;
        }
        JobRow job = found.get();
        JobRules.Decision decision = rules.jobs().on(job, event);
        if (decision instanceof JobRules.Drop) {
            return false;
        } else if (decision instanceof JobRules.Fence) {
            Transitions.fence(handle, event.key(), event.attempt(), event.token());
            return false;
        } else if (decision instanceof JobRules.Claim claim) {
            startDelay.record(RunUpdates.claim(handle, job, event, claim.to(), rules.lease()));
        } else if (decision instanceof JobRules.EndAttempt end) {
            if (event.fact() instanceof Released released && released.checkpoint() != null) {
                RunUpdates.partialCheckpoint(handle, event.key(), job.epochsDone(), released.checkpoint());
            }
            EndedAttempts.write(handle, job, end);
        } else if (decision instanceof JobRules.Complete complete) {
            succeeded(handle, job, event, complete.to(), (Succeeded) event.fact(), files);
        } else if (event.fact() instanceof EpochEnded epoch) {
            RunUpdates.epochEnded(handle, job, event, epoch, rules.lease());
            if (decision instanceof JobRules.Hold hold) {
                JobHolds.hold(handle, job, hold.to());
            }
            JobListeners.epochEnded(handle, job, epoch.metrics());
        }
        return true;
    }

    private void succeeded(
            Handle handle, JobRow job, TrainEvent event, JobState.Succeeded to, Succeeded fact, PublishedFiles files) {
        if (files.problem() != null) {
            JobState.Running run = (JobState.Running) job.state();
            EndedAttempts.write(
                    handle, job, rules.jobs().failed(job, run, FailureCode.ARTIFACT_STORE_FAILED, files.problem()));
            return;
        }
        ModelMetadata metadata = files.metadata() == null
                ? null
                : files.metadata()
                        .at(handle.createQuery("select now()")
                                .mapTo(Instant.class)
                                .one());
        Transitions.end(handle, job, to, TransitionReason.COMPLETED, null, null);
        RunUpdates.result(handle, event.key(), new String(WireJson.write(fact.result()), StandardCharsets.UTF_8));
        if (metadata != null && job.verifies() != null) {
            verified(handle, job, job.verifies(), metadata);
        } else if (metadata != null && TrialModels.isTrial(handle, job.key())) {
            TrialModels.keep(handle, job.key(), Objects.requireNonNull(fact.model()), metadata);
        } else if (metadata != null) {
            int version = publication
                    .models()
                    .publish(
                            JobQueries.project(handle, event.key()),
                            metadata,
                            Objects.requireNonNull(fact.model()),
                            job.config().promote());
            RunUpdates.model(handle, event.key(), metadata.model(), version);
        }
    }

    /** A verifying job publishes no model; it only compares the weights. */
    private void verified(Handle handle, JobRow job, UUID verifies, ModelMetadata now) {
        try {
            ModelMetadata original = Verification.metadata(handle, verifies)
                    .orElseThrow(() -> new IOException("the original job has no model"));
            RunUpdates.verification(handle, job.key(), Verification.compare(verifies, original, now));
        } catch (IOException e) {
            LOG.error("Job {} cannot be compared with job {}", job.key(), verifies, e);
        }
    }
}
