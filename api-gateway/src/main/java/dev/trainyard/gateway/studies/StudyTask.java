package dev.trainyard.gateway.studies;

import dev.trainyard.gateway.jobs.JobsChanged;
import dev.trainyard.gateway.jobs.TrialModels;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Does what no event of a job leads to: ends studies by time, submits trials again that were refused, publishes models. */
@Singleton
public final class StudyTask {
    private static final int MAX_STUDIES = 100;
    private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

    private final Jdbi jdbi;
    private final StudyEngine engine;
    private final TrialModels models;
    private final JobsChanged jobsChanged;

    StudyTask(Jdbi jdbi, StudyEngine engine, TrialModels models, JobsChanged jobsChanged) {
        this.jdbi = jdbi;
        this.engine = engine;
        this.models = models;
        this.jobsChanged = jobsChanged;
    }

    /** Returns the time until the next study is due. */
    public @Nullable Duration run() {
        List<UUID> due = due("status = 'running' and least(deadline, retry_at) <= now()");
        due.forEach(
                id -> jdbi.useTransaction(handle -> OpenStudy.lock(handle, id).ifPresent(engine::advance)));
        List<UUID> publishing = due("publishing");
        publishing.forEach(this::publish);
        if (!due.isEmpty() || !publishing.isEmpty()) {
            jobsChanged.run();
        }
        return untilNext();
    }

    private List<UUID> due(String condition) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select id from study where (ended_at is null or publishing) and "
                                + condition + " order by number limit :limit")
                        .bind("limit", MAX_STUDIES)
                        .mapTo(UUID.class)
                        .list());
    }

    private Duration untilNext() {
        Duration next = jdbi.withHandle(handle -> handle.createQuery("""
                        select cast(ceil(extract(epoch from min(least(deadline, retry_at)) - now()) * 1000) as bigint)
                        from study where ended_at is null and status = 'running'
                        """)
                .mapTo(Long.class)
                .findOne()
                .map(Duration::ofMillis)
                .orElse(MAX_PAUSE));
        return next.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : next.isNegative() ? Duration.ZERO : next;
    }

    /** Publishes the model of the best trial that ran to its end. */
    private void publish(UUID id) {
        Optional<UUID> job = jdbi.inTransaction(handle -> {
            Optional<OpenStudy> study =
                    OpenStudy.lock(handle, id).filter(found -> found.row().publishing());
            Optional<UUID> best = study.flatMap(found -> bestJob(handle, found));
            if (study.isPresent() && best.isEmpty()) {
                published(handle, id, Optional.empty());
            }
            return best;
        });
        job.ifPresent(key -> models.publish(
                key,
                handle -> StudyRow.find(handle, id).filter(StudyRow::publishing).isPresent(),
                (handle, version) -> published(handle, id, version)));
    }

    private static Optional<UUID> bestJob(Handle handle, OpenStudy study) {
        StudySummary.Best best =
                StudySummary.of(study.spec().direction(), study.trials()).best();
        return best == null || !best.completed() ? Optional.empty() : TrialTable.job(handle, study.id(), best.trial());
    }

    private static void published(Handle handle, UUID id, Optional<TrialModels.Version> version) {
        handle.createUpdate("""
                        update study set publishing = false, model_name = coalesce(:model, model_name),
                            model_version = coalesce(:version, model_version), updated_at = now(),
                            detail = case when coalesce(:model, model_name) is null then :none end
                        where id = :id
                        """)
                .bind("model", version.map(TrialModels.Version::model).orElse(null))
                .bind("version", version.map(TrialModels.Version::number).orElse(null))
                .bind("none", "no trial ran to its end and stored a model")
                .bind("id", id)
                .execute();
        TrialModels.discard(handle, id, List.of());
        version.ifPresent(found -> StudyEvents.add(
                handle, id, StudyEvents.PUBLISHED, null, new StudyEvents.Published(found.model(), found.number())));
    }
}
