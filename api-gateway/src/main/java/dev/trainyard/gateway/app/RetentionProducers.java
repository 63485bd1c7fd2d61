package dev.trainyard.gateway.app;

import dev.trainyard.artifact.StoredFiles;
import dev.trainyard.gateway.jobs.JobRetention;
import dev.trainyard.gateway.jobs.RequiredJobFiles;
import dev.trainyard.gateway.models.ModelChanges;
import dev.trainyard.gateway.models.ModelFileCleaner;
import dev.trainyard.gateway.models.ModelRetention;
import dev.trainyard.gateway.models.PredictorReports;
import dev.trainyard.gateway.outbox.OutboxQuarantine;
import dev.trainyard.gateway.outbox.OutboxRelay;
import dev.trainyard.gateway.predictions.async.AsyncPredictionStore;
import dev.trainyard.gateway.retention.ArtifactSweeper;
import dev.trainyard.gateway.retention.RetentionPlans;
import dev.trainyard.gateway.retention.Sweeper;
import dev.trainyard.gateway.retention.Sweeper.Plan;
import dev.trainyard.gateway.retention.Sweeper.Sweep;
import dev.trainyard.gateway.runtime.ChangeTopic;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.Leadership;
import dev.trainyard.gateway.runtime.Notifier;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Defines the deletions and their retention times; docs/retention.md lists them. */
@Singleton
class RetentionProducers {
    /** Keys of the advisory locks; unique within the database. */
    private static final long ROWS_LOCK = 0x7377656570726f77L;

    private static final long FILES_LOCK = 0x737765657066696cL;
    private static final int BATCH = 200;
    /** Added to the retention of jobs; callbacks stop retrying long before. */
    private static final Duration CALLBACKS = Duration.ofDays(7);

    @Produces
    @Singleton
    Sweeper sweeper(Jdbi jdbi, MeterRegistry metrics, Leadership leadership) {
        return new Sweeper(jdbi, metrics, BATCH, leadership::isLeader);
    }

    @Produces
    @Singleton
    RetentionPlans plans(
            Jdbi jdbi,
            GatewaySettings settings,
            AsyncPredictionStore predictions,
            ModelRetention models,
            ModelFileCleaner modelFiles,
            ModelChanges changes,
            PredictorReports reports,
            OutboxQuarantine quarantine,
            OutboxRelay relay,
            Notifier notifier) {
        GatewaySettings.Retention retention = settings.retention();
        JobRetention jobs = new JobRetention(jdbi, () -> {
            relay.wake();
            notifier.publish(ChangeTopic.JOBS);
        });
        Duration answers = settings.predict().async().age();
        Plan rows = new Plan(
                ROWS_LOCK,
                List.of(
                        new Sweep("paused_jobs", maxRows -> jobs.cancelPaused(retention.pausedJobs(), maxRows)),
                        new Sweep(
                                "callbacks",
                                maxRows -> jobs.deleteCallbacks(retention.jobs().plus(CALLBACKS), maxRows)),
                        new Sweep("jobs", maxRows -> jobs.deleteEnded(retention.jobs(), maxRows)),
                        new Sweep(
                                "events_of_ended_jobs", maxRows -> jobs.deleteEventsOfEnded(retention.jobs(), maxRows)),
                        new Sweep("events", maxRows -> jobs.deleteOldEvents(retention.eventsOfJob(), maxRows)),
                        new Sweep(
                                "transitions", maxRows -> jobs.deleteOldTransitions(retention.eventsOfJob(), maxRows)),
                        new Sweep(
                                "idempotency_keys",
                                maxRows -> jobs.deleteIdempotencyKeys(retention.idempotencyKeys(), maxRows)),
                        new Sweep(
                                "refused_records",
                                maxRows ->
                                        quarantine.deleteOld(settings.outbox().keepRefused(), maxRows)),
                        new Sweep("predictions", maxRows -> predictions.deleteOld(answers, maxRows)),
                        new Sweep("prediction_batches", maxRows -> predictions.deleteOldBatches(answers, maxRows)),
                        new Sweep("alias_moves", maxRows -> models.deleteAliasMoves(retention.aliasMoves(), maxRows)),
                        new Sweep("comparisons", maxRows -> models.deleteComparisons(retention.comparisons(), maxRows)),
                        new Sweep(
                                "deleted_versions",
                                maxRows -> models.deleteDeletedVersions(retention.deletedVersions(), maxRows))));
        ArtifactSweeper artifactSweeper = new ArtifactSweeper(
                new StoredFiles(settings.artifacts().dir()),
                new RequiredJobFiles(
                        jdbi,
                        new RequiredJobFiles.Limits(
                                retention.checkpoints(), retention.failedCheckpoints(), retention.checkpointsOfJob())),
                retention.youngFiles(),
                retention.orphans());
        Plan files = new Plan(
                FILES_LOCK,
                List.of(
                        new Sweep("files_of_jobs", maxRows -> artifactSweeper.deleteJobFiles()),
                        new Sweep("files_of_deleted_models", maxRows -> modelFiles.sweep()),
                        new Sweep("unused_quarantines", maxRows -> changes.releaseUnused(reports.quarantines())),
                        new Sweep("uploads", maxRows -> artifactSweeper.deleteUploads()),
                        new Sweep("temporary_files", maxRows -> artifactSweeper.deleteTemporaryFiles())));
        return new RetentionPlans(rows, files);
    }
}
