package dev.trainyard.gateway.retention;

import dev.trainyard.gateway.access.PageSessionStore;
import dev.trainyard.gateway.access.TokenRetention;
import dev.trainyard.gateway.audit.AuditRetention;
import dev.trainyard.gateway.drift.DriftWindows;
import dev.trainyard.gateway.jobs.JobRetention;
import dev.trainyard.gateway.models.ModelChanges;
import dev.trainyard.gateway.models.ModelFileCleaner;
import dev.trainyard.gateway.models.ModelRetention;
import dev.trainyard.gateway.models.PredictorReports;
import dev.trainyard.gateway.outbox.OutboxQuarantine;
import dev.trainyard.gateway.predictions.async.AsyncPredictionStore;
import dev.trainyard.gateway.retention.Sweeper.Plan;
import dev.trainyard.gateway.retention.Sweeper.Sweep;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.studies.StudyRetention;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;

/** Defines the deletions and their retention times; docs/retention.md lists them. */
@Singleton
public class RetentionPlans {
    /** Keys of the advisory locks; unique within the database. */
    private static final long ROWS_LOCK = 0x7377656570726f77L;

    private static final long FILES_LOCK = 0x737765657066696cL;
    /** Added to the retention of jobs; callbacks stop retrying long before. */
    private static final Duration CALLBACKS = Duration.ofDays(7);

    private final Plan rows;
    private final Plan files;

    RetentionPlans(
            JobRetention jobs,
            StudyRetention studies,
            OutboxQuarantine quarantine,
            AsyncPredictionStore predictions,
            ModelRetention models,
            DriftWindows drift,
            TokenRetention tokens,
            AuditRetention audit,
            PageSessionStore sessions,
            ArtifactSweeper artifacts,
            ModelFileCleaner modelFiles,
            ModelChanges changes,
            PredictorReports reports,
            GatewaySettings settings) {
        this.rows = rows(jobs, studies, quarantine, predictions, models, drift, tokens, audit, sessions, settings);
        this.files = files(artifacts, modelFiles, changes, reports);
    }

    private static Plan rows(
            JobRetention jobs,
            StudyRetention studies,
            OutboxQuarantine quarantine,
            AsyncPredictionStore predictions,
            ModelRetention models,
            DriftWindows drift,
            TokenRetention tokens,
            AuditRetention audit,
            PageSessionStore sessions,
            GatewaySettings settings) {
        GatewaySettings.Retention retention = settings.retention();
        Duration answers = settings.predict().async().age();
        return new Plan(
                ROWS_LOCK,
                List.of(
                        new Sweep("paused_jobs", maxRows -> jobs.cancelPaused(retention.pausedJobs(), maxRows)),
                        new Sweep(
                                "callbacks",
                                maxRows -> jobs.deleteCallbacks(retention.jobs().plus(CALLBACKS), maxRows)),
                        new Sweep("jobs", maxRows -> jobs.deleteEnded(retention.jobs(), maxRows)),
                        new Sweep("studies", maxRows -> studies.deleteEnded(retention.jobs(), maxRows)),
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
                        new Sweep("access_tokens", maxRows -> tokens.deleteInvalid(retention.accessTokens(), maxRows)),
                        new Sweep("audit_entries", maxRows -> audit.deleteOld(retention.audit(), maxRows)),
                        new Sweep(
                                "page_sessions",
                                maxRows -> sessions.deleteEnded(
                                        settings.auth().session().idle(), maxRows)),
                        new Sweep("comparisons", maxRows -> models.deleteComparisons(retention.comparisons(), maxRows)),
                        new Sweep("drift_windows", maxRows -> drift.deleteOld(retention.driftWindows(), maxRows)),
                        new Sweep(
                                "deleted_versions",
                                maxRows -> models.deleteDeletedVersions(retention.deletedVersions(), maxRows))));
    }

    private static Plan files(
            ArtifactSweeper artifacts, ModelFileCleaner modelFiles, ModelChanges changes, PredictorReports reports) {
        return new Plan(
                FILES_LOCK,
                List.of(
                        new Sweep("files_of_jobs", maxRows -> artifacts.deleteJobFiles()),
                        new Sweep("files_of_deleted_models", maxRows -> modelFiles.sweep()),
                        new Sweep("unused_quarantines", maxRows -> changes.releaseUnused(reports.quarantines())),
                        new Sweep("uploads", maxRows -> artifacts.deleteUploads()),
                        new Sweep("temporary_files", maxRows -> artifacts.deleteTemporaryFiles())));
    }

    /** Deletions in the database. */
    public Plan rows() {
        return rows;
    }

    /** Deletions in the artifact store. */
    public Plan files() {
        return files;
    }
}
