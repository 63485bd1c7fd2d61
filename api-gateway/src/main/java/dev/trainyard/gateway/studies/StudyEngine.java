package dev.trainyard.gateway.studies;

import dev.trainyard.gateway.jobs.JobHolds;
import dev.trainyard.gateway.jobs.JobRow;
import dev.trainyard.gateway.jobs.JobStore;
import dev.trainyard.gateway.jobs.TrainResource;
import dev.trainyard.gateway.jobs.TrialModels;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.search.TrialState;
import dev.trainyard.validation.Violation;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides and carries out what a locked study does next. */
@Singleton
final class StudyEngine {
    private static final Logger LOG = LoggerFactory.getLogger(StudyEngine.class);

    private final JobStore jobs;

    StudyEngine(JobStore jobs) {
        this.jobs = jobs;
    }

    /**
     * Carries out all decisions that are due.
     *
     * @return why the next trial could not be submitted; empty if nothing holds it up
     */
    Optional<ProblemException> advance(OpenStudy study) {
        Optional<ProblemException> refused = Optional.empty();
        if (study.status() == StudyStatus.RUNNING && study.row().overdue()) {
            finish(study, StudyRules.end(EndReason.MAX_SECONDS, study.trials()), null);
        }
        boolean more = study.status() == StudyStatus.RUNNING;
        while (more) {
            StudyDecision decision = next(study);
            if (decision instanceof StudyDecision.Suggest suggestion) {
                refused = start(study, suggestion);
                more = refused.isEmpty();
            } else if (decision instanceof StudyDecision.Promote promotion) {
                promote(study, promotion);
            } else if (decision instanceof StudyDecision.Prune prune) {
                prune(study, prune.trial());
            } else if (decision instanceof StudyDecision.End end) {
                finish(study, end, null);
                more = false;
            } else {
                more = false;
            }
        }
        if (!study.status().isEnded()) {
            study.setWaiting(refused.map(ProblemException::getMessage).orElse(null));
        }
        study.saveSummary();
        return refused;
    }

    /** An error of a sampler or pruner must not undo the event of a job, which would be delivered again and again. */
    private StudyDecision next(OpenStudy study) {
        try {
            return study.row().rules().next(study.limits(), study.trials());
        } catch (RuntimeException e) {
            LOG.error("Study {} ends, because its next step cannot be decided", study.id(), e);
            finish(study, StudyRules.end(EndReason.INTERNAL_ERROR, study.trials()), e.toString());
            return new StudyDecision.Wait();
        }
    }

    private Optional<ProblemException> start(OpenStudy study, StudyDecision.Suggest suggestion) {
        String seen = study.historySha256();
        StudyTrial trial =
                StudyTrial.running(suggestion.trial(), suggestion.values(), suggestion.source(), suggestion.hold());
        TrainingConfigReader.Outcome outcome = new TrialConfigurations(study.spec()).of(suggestion.values());
        UUID job = null;
        if (outcome instanceof TrainingConfigReader.Valid valid) {
            try {
                job = TrainResource.requireStored(jobs.submit(study.handle(), newJob(study, trial, valid)));
            } catch (ProblemException e) {
                return Optional.of(e);
            }
        }
        study.log(
                StudyEvents.SUGGEST,
                trial.number(),
                new StudyEvents.Suggested(suggestion.values(), suggestion.source(), suggestion.hold(), job, seen));
        study.add(trial, job);
        if (outcome instanceof TrainingConfigReader.Invalid invalid) {
            study.ended(trial.number(), TrialState.FAILED, sentence(invalid.violations()));
        }
        return Optional.empty();
    }

    private static JobStore.NewJob newJob(OpenStudy study, StudyTrial trial, TrainingConfigReader.Valid valid) {
        return new JobStore.NewJob(
                valid.config(),
                null,
                null,
                null,
                valid.priority(),
                study.row().project(),
                List.of(),
                valid.pool(),
                trial.hold(),
                new JobStore.TrialOfStudy(study.id(), trial.number()));
    }

    private static String sentence(List<Violation> violations) {
        return violations.stream()
                .map(violation -> violation.pointer() + " " + violation.detail())
                .collect(Collectors.joining("; "));
    }

    private static void promote(OpenStudy study, StudyDecision.Promote promotion) {
        Handle handle = study.handle();
        StudyTrial trial = study.trials().get(promotion.trial());
        study.log(
                StudyEvents.PROMOTE,
                promotion.trial(),
                new StudyEvents.Promoted(promotion.hold(), study.historySha256()));
        study.update(trial.promoted(promotion.hold()), null);
        job(study, promotion.trial())
                .filter(JobRow::isHeld)
                .ifPresent(job -> JobHolds.promote(handle, job, promotion.hold()));
    }

    private static Optional<JobRow> job(OpenStudy study, int trial) {
        return TrialTable.job(study.handle(), study.id(), trial).flatMap(key -> JobRow.lock(study.handle(), key));
    }

    private static void prune(OpenStudy study, int number) {
        study.log(StudyEvents.PRUNE, number, new StudyEvents.Pruned(study.historySha256()));
        study.update(study.trials().get(number).ended(TrialState.PRUNED), null);
        cancel(study, number, TransitionReason.PRUNED);
    }

    /** Stops a trial that has not ended, at the request of a client. */
    void stop(OpenStudy study, int number) {
        study.ended(number, TrialState.PRUNED, "stopped by a client");
        cancel(study, number, TransitionReason.PRUNED);
    }

    private static void cancel(OpenStudy study, int number, TransitionReason reason) {
        job(study, number).ifPresent(job -> JobHolds.cancel(study.handle(), job, reason, null));
    }

    /** Ends a study and its trials. Those that wait at a rung are done; those that run are stopped. */
    void finish(OpenStudy study, StudyDecision.End end, @Nullable String detail) {
        List<Integer> open = study.trials().stream()
                .filter(trial -> !trial.isEnded())
                .map(StudyTrial::number)
                .toList();
        boolean publishing =
                end.status() == StudyStatus.COMPLETED && study.spec().publish() == Publishing.BEST;
        study.setEnd(end, detail, publishing);
        open.forEach(number -> {
            study.update(study.trials().get(number).ended(TrialState.PRUNED), null);
            cancel(study, number, TransitionReason.STUDY_ENDED);
        });
        if (!publishing) {
            TrialModels.discard(study.handle(), study.id(), List.of());
        }
    }
}
