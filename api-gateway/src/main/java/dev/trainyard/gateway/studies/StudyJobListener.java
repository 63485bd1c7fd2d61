package dev.trainyard.gateway.studies;

import dev.trainyard.gateway.jobs.JobListener;
import dev.trainyard.gateway.jobs.JobRow;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.JobState;
import dev.trainyard.search.TrialState;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Tells studies of the epochs and ends of their trials, in the transactions that apply them. */
@Singleton
class StudyJobListener implements JobListener {
    /** Upper ends of the ranges in which the metric counts, for percentiles. */
    private static final Duration[] DURATIONS = LongStream.of(5, 10, 20, 50, 100, 250, 1_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final StudyEngine engine;
    private final Timer decisions;

    StudyJobListener(StudyEngine engine, MeterRegistry metrics) {
        this.engine = engine;
        this.decisions = Timer.builder("trainyard.study.decision")
                .description(
                        "Time in which a study is read, decides after an epoch or the end of a trial, and is stored")
                .serviceLevelObjectives(DURATIONS)
                .register(metrics);
    }

    @Override
    public boolean isConcerned(JobRow job) {
        return job.study() != null;
    }

    /** Locks studies before jobs, and several of them by id, so that transactions cannot wait for each other in a circle. */
    @Override
    public void beforeLock(Handle handle, Collection<UUID> jobs) {
        handle.createQuery("""
                        select id from study where id in (select study from trial where job_key = any(:jobs))
                        order by id for update
                        """)
                .bindArray("jobs", UUID.class, List.copyOf(jobs))
                .mapTo(UUID.class)
                .list();
    }

    @Override
    public void epochEnded(Handle handle, JobRow job, EpochMetrics metrics) {
        change(handle, job, place -> OpenStudy.lock(handle, place.study()).ifPresent(study -> {
            study.epoch(place.number(), metrics.epoch(), study.spec().metric().of(metrics));
            engine.advance(study);
        }));
    }

    @Override
    public void ended(Handle handle, JobRow job, JobState.Terminal state) {
        change(handle, job, place -> OpenStudy.lock(handle, place.study()).ifPresent(study -> {
            study.ended(place.number(), trialState(state), detail(handle, job, state));
            engine.advance(study);
        }));
    }

    /** A trial that has ended stays as it is, even if its job runs again or its study has just cancelled the job. */
    private void change(Handle handle, JobRow job, Consumer<TrialTable.Place> change) {
        Optional<TrialTable.Place> place = TrialTable.ofJob(handle, job.key());
        place.filter(trial -> !trial.ended()).ifPresent(trial -> decisions.record(() -> change.accept(trial)));
    }

    private static TrialState trialState(JobState.Terminal state) {
        if (state instanceof JobState.Succeeded) {
            return TrialState.COMPLETED;
        }
        return state instanceof JobState.Failed ? TrialState.FAILED : TrialState.PRUNED;
    }

    private static @Nullable String detail(Handle handle, JobRow job, JobState.Terminal state) {
        if (state instanceof JobState.Succeeded) {
            return null;
        }
        return state instanceof JobState.Failed
                ? handle.createQuery("select failure_message from job where key = :key")
                        .bind("key", job.key())
                        .mapTo(String.class)
                        .findOne()
                        .orElse(null)
                : "its job was cancelled";
    }
}
