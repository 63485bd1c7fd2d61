package dev.trainyard.gateway.app;

import static dev.trainyard.gateway.runtime.ChangeTopic.JOBS;
import static dev.trainyard.gateway.runtime.ChangeTopic.LEADER;
import static dev.trainyard.gateway.runtime.ChangeTopic.MODELS;
import static dev.trainyard.gateway.runtime.ChangeTopic.PREDICTIONS;
import static dev.trainyard.gateway.runtime.PeriodicTask.every;
import static dev.trainyard.gateway.runtime.PeriodicTask.selfTimed;

import dev.trainyard.gateway.changes.ChangeStreams;
import dev.trainyard.gateway.estimates.JobEstimator;
import dev.trainyard.gateway.events.WaitingRequests;
import dev.trainyard.gateway.jobs.Callbacks;
import dev.trainyard.gateway.jobs.JobEventStreams;
import dev.trainyard.gateway.jobs.JobWaiters;
import dev.trainyard.gateway.jobs.Reaper;
import dev.trainyard.gateway.models.ModelRouter;
import dev.trainyard.gateway.models.ShadowComparisons;
import dev.trainyard.gateway.predictions.async.AsyncPredictionWaiters;
import dev.trainyard.gateway.retention.RetentionPlans;
import dev.trainyard.gateway.retention.Sweeper;
import dev.trainyard.gateway.runtime.BackgroundTasks;
import dev.trainyard.gateway.runtime.ChangeTopic;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.Leadership;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;

/** The periodic tasks of a gateway; {@link GatewayLifecycle} starts them and the continuous ones. */
@Singleton
class GatewayTasks {
    private static final Duration STALLED_CLIENTS = Duration.ofSeconds(10);
    private static final Duration ESTIMATES = Duration.ofSeconds(5);
    private static final Duration SECOND = Duration.ofSeconds(1);
    /** A client of the stream of changes gets at most four batches a second. */
    private static final Duration CHANGES_PAUSE = Duration.ofMillis(250);
    /** Combines the events of a busy gateway. */
    private static final Duration WAITERS_PAUSE = Duration.ofMillis(20);

    private final BackgroundTasks tasks;
    /** For changes without a notification, such as those of the previous release. */
    private final Duration poll;

    GatewayTasks(BackgroundTasks tasks, Leadership leadership, GatewaySettings settings) {
        this.tasks = tasks;
        this.poll = settings.background().poll();
        tasks.add(selfTimed(leadership.interval(), "leader", () -> leadership.renew(tasks::wakeLeader))
                .on(LEADER));
    }

    /** Starts or resumes all tasks. */
    void resume() {
        tasks.resume();
    }

    /** Requests and streams that wait for changes of jobs. */
    @Inject
    void addStreams(JobWaiters waiters, JobEventStreams events, ChangeStreams changes) {
        addWaiting("job-waiters", waiters.requests(), JOBS);
        tasks.add(every(poll, "changes", changes::poll).on(JOBS).atMostEvery(CHANGES_PAUSE));
        tasks.add(every(STALLED_CLIENTS, "stalled-job-streams", events::sweep));
        tasks.add(every(STALLED_CLIENTS, "stalled-change-streams", changes::sweep));
    }

    @Inject
    void addJobs(Reaper reaper, Callbacks callbacks, JobEstimator estimates, GatewaySettings settings) {
        tasks.add(every(settings.reaper().period(), "reaper", reaper::poll).onLeader());
        tasks.add(every(poll, "callbacks", callbacks::deliver).on(JOBS).atMostEvery(SECOND));
        tasks.add(every(ESTIMATES, "estimates", estimates::refresh));
    }

    @Inject
    void addModels(ModelRouter routes, ShadowComparisons comparisons, AsyncPredictionWaiters predictions) {
        tasks.add(every(poll, "routing-table", routes::refresh).on(MODELS));
        tasks.add(every(SECOND, "shadow-comparisons", comparisons::flush));
        addWaiting("async-prediction-waiters", predictions.requests(), PREDICTIONS);
    }

    @Inject
    void addRetention(Sweeper sweeper, RetentionPlans plans, GatewaySettings settings) {
        tasks.add(every(settings.retention().sweep(), "expired-rows", () -> sweeper.sweep(plans.rows()))
                .onLeader());
        tasks.add(every(settings.retention().fileSweep(), "expired-files", () -> sweeper.sweep(plans.files()))
                .onLeader());
    }

    private void addWaiting(String name, WaitingRequests<?, ?> requests, ChangeTopic topic) {
        String added = "new-" + name;
        tasks.add(every(poll, name, requests::check).on(topic).atMostEvery(WAITERS_PAUSE));
        tasks.add(every(poll, added, requests::checkAdded).atMostEvery(WAITERS_PAUSE));
        requests.onAdded(() -> tasks.wake(added));
    }
}
