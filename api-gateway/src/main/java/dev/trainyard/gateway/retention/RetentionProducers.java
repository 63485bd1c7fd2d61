package dev.trainyard.gateway.retention;

import dev.trainyard.artifact.StoredFiles;
import dev.trainyard.gateway.GatewaySettings;
import dev.trainyard.gateway.models.ModelChanges;
import dev.trainyard.gateway.models.ModelFiles;
import dev.trainyard.gateway.models.ModelRetention;
import dev.trainyard.gateway.models.PredictorReports;
import dev.trainyard.gateway.outbox.OutboxRelay;
import dev.trainyard.gateway.outbox.OutboxQuarantine;
import dev.trainyard.gateway.prediction.kept.KeptStore;
import dev.trainyard.gateway.retention.Sweeper.Plan;
import dev.trainyard.gateway.retention.Sweeper.Sweep;
import dev.trainyard.gateway.training.RequiredJobFiles;
import dev.trainyard.gateway.training.JobRetention;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Defines what is swept, from where, and after what time; docs/retention.md lists it. */
@Singleton
class RetentionProducers {
    /** Advisory lock numbers; any that are not used elsewhere. */
    private static final long ROWS_LOCK = 0x7377656570726f77L;

    private static final long FILES_LOCK = 0x737765657066696cL;
    private static final int BATCH = 200;
    /** Added to the retention of jobs; a callback that is tried is given up long before. */
    private static final Duration CALLBACKS = Duration.ofDays(7);

    @Produces
    @Singleton
    Sweeper sweeper(Jdbi jdbi, MeterRegistry metrics) {
        return new Sweeper(jdbi, metrics, BATCH);
    }

    @Produces
    @Singleton
    RetentionPlans plans(
            Jdbi jdbi,
            GatewaySettings settings,
            KeptStore predictions,
            ModelFiles modelFiles,
            ModelChanges changes,
            PredictorReports reports,
            OutboxQuarantine refused,
            OutboxRelay relay) {
        GatewaySettings.Retention kept = settings.retention();
        JobRetention jobs = new JobRetention(jdbi, relay::wake);
        ModelRetention models = new ModelRetention(jdbi);
        Duration answers = settings.predict().kept().age();
        Plan rows = new Plan(
                ROWS_LOCK,
                List.of(
                        new Sweep("paused_jobs", most -> jobs.cancelPaused(kept.pausedJobs(), most)),
                        new Sweep(
                                "callbacks",
                                most -> jobs.deleteCallbacks(kept.jobs().plus(CALLBACKS), most)),
                        new Sweep("jobs", most -> jobs.deleteEnded(kept.jobs(), most)),
                        new Sweep("events_of_ended_jobs", most -> jobs.deleteEventsOfEnded(kept.jobs(), most)),
                        new Sweep("events", most -> jobs.deleteOldEvents(kept.eventsOfJob(), most)),
                        new Sweep("transitions", most -> jobs.deleteOldTransitions(kept.eventsOfJob(), most)),
                        new Sweep("idempotency_keys", most -> jobs.deleteIdempotencyKeys(kept.idempotencyKeys(), most)),
                        new Sweep(
                                "refused_records",
                                most -> refused.deleteOld(settings.outbox().keepRefused(), most)),
                        new Sweep("predictions", most -> predictions.deleteOld(answers, most)),
                        new Sweep("prediction_batches", most -> predictions.deleteOldBatches(answers, most)),
                        new Sweep("alias_moves", most -> models.deleteAliasMoves(kept.aliasMoves(), most)),
                        new Sweep("comparisons", most -> models.deleteComparisons(kept.comparisons(), most)),
                        new Sweep(
                                "deleted_versions",
                                most -> models.deleteDeletedVersions(kept.deletedVersions(), most))));
        ArtifactSweeper artifacts = new ArtifactSweeper(
                new StoredFiles(settings.artifacts().dir()),
                new RequiredJobFiles(
                        jdbi,
                        new RequiredJobFiles.Limits(kept.checkpoints(), kept.failedCheckpoints(), kept.checkpointsOfJob())),
                kept.youngFiles(),
                kept.orphans());
        Plan files = new Plan(
                FILES_LOCK,
                List.of(
                        new Sweep("files_of_jobs", most -> artifacts.deleteJobFiles()),
                        new Sweep("files_of_deleted_models", most -> modelFiles.sweep()),
                        new Sweep("unused_quarantines", most -> changes.releaseUnused(reports.quarantines())),
                        new Sweep("uploads", most -> artifacts.deleteUploads()),
                        new Sweep("temporary_files", most -> artifacts.deleteTemporaryFiles())));
        return new RetentionPlans(rows, files);
    }
}
