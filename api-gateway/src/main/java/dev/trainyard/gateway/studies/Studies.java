package dev.trainyard.gateway.studies;

import dev.trainyard.gateway.audit.AuditAction;
import dev.trainyard.gateway.audit.AuditLog;
import dev.trainyard.gateway.audit.AuditedChange;
import dev.trainyard.gateway.jobs.IdempotencyKeys;
import dev.trainyard.gateway.jobs.JobRow;
import dev.trainyard.gateway.jobs.JobsChanged;
import dev.trainyard.gateway.jobs.TrialJobs;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.search.TrialState;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Changes of studies by clients. Each is one transaction that locks the study first. */
@Singleton
final class Studies {
    private final Jdbi jdbi;
    private final StudyEngine engine;
    private final JobsChanged jobsChanged;
    private final Duration keyAge;

    @Inject
    Studies(
            @Identifier(Transactions.EDGE) Jdbi jdbi,
            StudyEngine engine,
            JobsChanged jobsChanged,
            GatewaySettings settings) {
        this(jdbi, engine, jobsChanged, settings.retention().idempotencyKeys());
    }

    /** @param keyAge time for which idempotency keys are remembered */
    Studies(Jdbi jdbi, StudyEngine engine, JobsChanged jobsChanged, Duration keyAge) {
        this.jdbi = jdbi;
        this.engine = engine;
        this.jobsChanged = jobsChanged;
        this.keyAge = keyAge;
    }

    /**
     * Stores a study and submits its first trials.
     *
     * @return its id, or that of the earlier one with the same idempotency key
     * @throws ProblemException 422 if a study of {@code warm_start} does not fit; 429 or 507 if no trial can be submitted
     */
    UUID create(NewStudy request, String project, @Nullable String idempotencyKey) {
        UUID id = jdbi.inTransaction(handle -> {
            Optional<UUID> known =
                    idempotencyKey == null ? Optional.empty() : known(handle, request, project, idempotencyKey);
            return known.orElseGet(() -> insert(handle, request, project, idempotencyKey));
        });
        jobsChanged.run();
        return id;
    }

    private Optional<UUID> known(Handle handle, NewStudy request, String project, String key) {
        return IdempotencyKeys.find(handle, project, key, request.bodyHash(), keyAge)
                .map(known -> {
                    if (!known.same()) {
                        throw ProblemException.invalid(List.of(new Violation(
                                "Idempotency-Key",
                                "was used for another body within 24 hours; use a new key for a new study")));
                    }
                    return known.id();
                });
    }

    private UUID insert(Handle handle, NewStudy request, String project, @Nullable String idempotencyKey) {
        UUID id = UUID.randomUUID();
        List<StudyRow.WarmTrial> warm = WarmStart.read(handle, project, request.spec());
        handle.createUpdate("""
                        insert into study (id, project, name, status, spec, warm_trials, limits, summary, active_since,
                            deadline)
                        values (:id, :project, :name, :status, cast(:spec as json), cast(:warm as json),
                            cast(:limits as json), cast(:summary as json), clock_timestamp(),
                            clock_timestamp() + cast(:seconds as bigint) * interval '1 s')
                        """)
                .bind("id", id)
                .bind("project", project)
                .bind("name", request.spec().name())
                .bind("status", StudyStatus.RUNNING.wireName())
                .bind("spec", request.json().toString())
                .bind("warm", StudyJson.write(warm))
                .bind("limits", StudyJson.write(request.limits()))
                .bind("summary", StudyJson.write(StudySummary.EMPTY))
                .bind("seconds", request.limits().maxSeconds())
                .execute();
        if (idempotencyKey != null) {
            IdempotencyKeys.storeStudy(handle, project, idempotencyKey, request.bodyHash(), id);
        }
        OpenStudy study = OpenStudy.lock(handle, id).orElseThrow();
        Optional<ProblemException> refused = engine.advance(study);
        if (refused.isPresent() && study.trials().isEmpty()) {
            throw refused.get();
        }
        AuditLog.record(
                handle,
                new AuditedChange(
                        AuditAction.STUDY_CREATE,
                        id.toString(),
                        project,
                        Map.of("name", request.spec().name())));
        return id;
    }

    /** Pauses a study and the jobs of its trials (idempotent). */
    void pause(UUID id) {
        change(id, AuditAction.STUDY_PAUSE, study -> {
            if (study.status() == StudyStatus.PAUSED) {
                return false;
            }
            requireOpen(study);
            study.setStatus(StudyStatus.PAUSED);
            jobs(study, TrialTable.runningJobs(study.handle(), id), job -> {
                if (TrialJobs.pause(study.handle(), job)) {
                    TrialTable.suspend(study.handle(), job.key(), true);
                }
            });
            return true;
        });
    }

    /** Lets a paused study go on (idempotent). */
    void resume(UUID id) {
        change(id, AuditAction.STUDY_RESUME, study -> {
            if (study.status() == StudyStatus.RUNNING) {
                return false;
            }
            requireOpen(study);
            study.setStatus(StudyStatus.RUNNING);
            jobs(study, TrialTable.suspendedJobs(study.handle(), id), job -> {
                TrialJobs.resume(study.handle(), study.row().project(), job);
                TrialTable.suspend(study.handle(), job.key(), false);
            });
            return true;
        });
    }

    private static void jobs(OpenStudy study, List<UUID> keys, Consumer<JobRow> action) {
        keys.forEach(key -> JobRow.lock(study.handle(), key).ifPresent(action));
    }

    /** Ends a study and its trials (idempotent). */
    void cancel(UUID id) {
        change(id, AuditAction.STUDY_CANCEL, study -> {
            if (study.status() == StudyStatus.CANCELLED) {
                return false;
            }
            requireOpen(study);
            engine.finish(study, StudyRules.end(EndReason.CANCELLED, study.trials()), null);
            return true;
        });
    }

    /** Raises limits. A study that ended by one of them goes on with new trials. */
    void extend(UUID id, JsonFieldReader fields, List<Violation> errors) {
        Map<String, Object> detail = new HashMap<>();
        change(id, AuditAction.STUDY_EXTEND, detail, study -> {
            StudyLimits next = study.limits().extended(fields);
            if (!errors.isEmpty()) {
                throw ProblemException.invalid(errors);
            }
            if (study.status() == StudyStatus.CANCELLED) {
                requireOpen(study);
            }
            if (next.equals(study.limits())) {
                return false;
            }
            study.setLimits(next);
            detail.put("limits", next);
            if (study.status().isEnded()) {
                study.setStatus(StudyStatus.RUNNING);
            }
            return true;
        });
    }

    /** Stops a trial (idempotent); its result so far stays in the study. */
    void stopTrial(UUID id, int number) {
        change(id, AuditAction.STUDY_TRIAL_STOP, Map.of("trial", number), study -> {
            if (number >= study.trials().size()) {
                throw new ProblemException(ProblemType.NOT_FOUND, "The study has no trial %d.".formatted(number));
            }
            StudyTrial trial = study.trials().get(number);
            if (trial.trial().state() == TrialState.PRUNED) {
                return false;
            }
            if (trial.isEnded()) {
                throw new ProblemException(
                        ProblemType.CONFLICT,
                        "Trial %d has state %s; only a trial that has not ended can be stopped."
                                .formatted(
                                        number,
                                        TrialTable.wireName(trial.trial().state())));
            }
            engine.stop(study, number);
            return true;
        });
    }

    private static void requireOpen(OpenStudy study) {
        if (study.status().isEnded()) {
            throw new ProblemException(
                    ProblemType.CONFLICT,
                    "The study has status %s; it has ended."
                            .formatted(study.status().wireName()));
        }
    }

    private void change(UUID id, AuditAction audited, Action action) {
        change(id, audited, Map.of(), action);
    }

    /**
     * @param detail for the audit log, complete once {@code action} returns
     * @param action returns false if it changed nothing
     */
    private void change(UUID id, AuditAction audited, Map<String, Object> detail, Action action) {
        boolean changed = jdbi.inTransaction(handle -> {
            OpenStudy study = OpenStudy.lock(handle, id).orElseThrow(() -> StudyQueries.unknown(id.toString()));
            boolean done = action.apply(study);
            if (done) {
                engine.advance(study);
                AuditLog.record(
                        handle,
                        new AuditedChange(audited, id.toString(), study.row().project(), detail));
            }
            return done;
        });
        if (changed) {
            jobsChanged.run();
        }
    }

    private interface Action {
        boolean apply(OpenStudy study);
    }
}
