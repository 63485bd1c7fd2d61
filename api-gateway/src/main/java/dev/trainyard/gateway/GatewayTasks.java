package dev.trainyard.gateway;

import static dev.trainyard.gateway.runtime.PeriodicTask.every;

import dev.trainyard.gateway.changes.ChangeStreams;
import dev.trainyard.gateway.estimates.JobEstimator;
import dev.trainyard.gateway.models.ModelRouter;
import dev.trainyard.gateway.models.ShadowComparisons;
import dev.trainyard.gateway.prediction.async.AsyncPredictionWaiters;
import dev.trainyard.gateway.retention.RetentionPlans;
import dev.trainyard.gateway.retention.Sweeper;
import dev.trainyard.gateway.runtime.BackgroundTasks;
import dev.trainyard.gateway.runtime.Leadership;
import dev.trainyard.gateway.runtime.PeriodicTask;
import dev.trainyard.gateway.runtime.TaskScope;
import dev.trainyard.gateway.training.Callbacks;
import dev.trainyard.gateway.training.JobEventStreams;
import dev.trainyard.gateway.training.JobWaiters;
import dev.trainyard.gateway.training.Reaper;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;

/** The periodic tasks of a gateway; {@link GatewayLifecycle} starts them and the continuous ones. */
@Singleton
class GatewayTasks {
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration STALLED_CLIENTS = Duration.ofSeconds(10);
    private static final Duration ESTIMATES = Duration.ofSeconds(5);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final BackgroundTasks tasks;

    GatewayTasks(BackgroundTasks tasks, Leadership leadership) {
        this.tasks = tasks;
        tasks.add(new PeriodicTask(
                "leader",
                TaskScope.EVERY_GATEWAY,
                leadership.interval(),
                Duration.ZERO,
                () -> leadership.renew(tasks::wakeLeader)));
    }

    /** Starts or resumes all tasks. */
    void resume() {
        tasks.resume();
    }

    /** Requests and streams that wait for changes of jobs. */
    @Inject
    void addStreams(JobWaiters waiters, JobEventStreams events, ChangeStreams changes) {
        tasks.add(every(POLL, "job-waiters", waiters::check));
        tasks.add(every(POLL, "changes", changes::poll));
        tasks.add(every(STALLED_CLIENTS, "stalled-job-streams", events::sweep));
        tasks.add(every(STALLED_CLIENTS, "stalled-change-streams", changes::sweep));
    }

    @Inject
    void addJobs(Reaper reaper, Callbacks callbacks, JobEstimator estimates, GatewaySettings settings) {
        tasks.add(every(settings.reaper().period(), "reaper", reaper::poll).onLeader());
        tasks.add(every(SECOND, "callbacks", callbacks::deliver));
        tasks.add(every(ESTIMATES, "estimates", estimates::refresh));
    }

    @Inject
    void addModels(ModelRouter routes, ShadowComparisons comparisons, AsyncPredictionWaiters predictions) {
        tasks.add(every(SECOND, "routing-table", routes::refresh));
        tasks.add(every(SECOND, "shadow-comparisons", comparisons::flush));
        tasks.add(every(POLL, "async-prediction-waiters", predictions::pollEnded));
    }

    @Inject
    void addRetention(Sweeper sweeper, RetentionPlans plans, GatewaySettings settings) {
        tasks.add(every(settings.retention().sweep(), "expired-rows", () -> sweeper.sweep(plans.rows()))
                .onLeader());
        tasks.add(every(settings.retention().fileSweep(), "expired-files", () -> sweeper.sweep(plans.files()))
                .onLeader());
    }
}
