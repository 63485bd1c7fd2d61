package dev.trainyard.gateway.app;

import static dev.trainyard.gateway.runtime.ChangeTopic.DEPENDENCIES;
import static dev.trainyard.gateway.runtime.ChangeTopic.JOBS;
import static dev.trainyard.gateway.runtime.ChangeTopic.LEADER;
import static dev.trainyard.gateway.runtime.ChangeTopic.MODELS;
import static dev.trainyard.gateway.runtime.ChangeTopic.PREDICTIONS;
import static dev.trainyard.gateway.runtime.ChangeTopic.PROJECTS;
import static dev.trainyard.gateway.runtime.ChangeTopic.SESSIONS;
import static dev.trainyard.gateway.runtime.ChangeTopic.TOKENS;
import static dev.trainyard.gateway.runtime.PeriodicTask.every;
import static dev.trainyard.gateway.runtime.PeriodicTask.selfTimed;

import dev.trainyard.artifact.StorageMonitor;
import dev.trainyard.gateway.access.AccessEnds;
import dev.trainyard.gateway.access.SessionDirectory;
import dev.trainyard.gateway.access.TokenDirectory;
import dev.trainyard.gateway.access.TokenUses;
import dev.trainyard.gateway.changes.ChangeStreams;
import dev.trainyard.gateway.drift.DriftCounter;
import dev.trainyard.gateway.drift.DriftMetrics;
import dev.trainyard.gateway.estimates.JobEstimator;
import dev.trainyard.gateway.events.WaitingRequests;
import dev.trainyard.gateway.jobs.Callbacks;
import dev.trainyard.gateway.jobs.DependencyResolver;
import dev.trainyard.gateway.jobs.JobDispatcher;
import dev.trainyard.gateway.jobs.JobEventStreams;
import dev.trainyard.gateway.jobs.JobWaiters;
import dev.trainyard.gateway.jobs.PoolTrainers;
import dev.trainyard.gateway.jobs.Reaper;
import dev.trainyard.gateway.kubernetes.DeletionCosts;
import dev.trainyard.gateway.models.ModelRouter;
import dev.trainyard.gateway.models.ShadowComparisons;
import dev.trainyard.gateway.predictions.async.AsyncPredictionWaiters;
import dev.trainyard.gateway.projects.ProjectDirectory;
import dev.trainyard.gateway.retention.RetentionPlans;
import dev.trainyard.gateway.retention.Sweeper;
import dev.trainyard.gateway.runtime.BackgroundTasks;
import dev.trainyard.gateway.runtime.ChangeTopic;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.GatewaySettings.Auth.Mode;
import dev.trainyard.gateway.runtime.Leadership;
import dev.trainyard.gateway.studies.StudyStreams;
import dev.trainyard.gateway.studies.StudyTask;
import dev.trainyard.gateway.system.PlatformMetrics;
import dev.trainyard.gateway.system.PoolMetrics;
import dev.trainyard.gateway.topics.TopicUpkeep;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;

/** The periodic tasks of a gateway; {@link GatewayLifecycle} starts them and the continuous ones. */
@Singleton
class GatewayTasks {
    private static final String DISPATCHER = "dispatcher";
    private static final Duration STALLED_CLIENTS = Duration.ofSeconds(10);
    private static final Duration ESTIMATES = Duration.ofSeconds(5);
    /** Autoscalers read the figures about as often. */
    private static final Duration POOLS = Duration.ofSeconds(15);

    private static final Duration STORAGE = Duration.ofSeconds(10);

    /** A window fills within seconds at most on a busy platform. */
    private static final Duration DRIFT = Duration.ofMinutes(1);

    private static final Duration TOPICS = Duration.ofSeconds(30);
    private static final Duration SECOND = Duration.ofSeconds(1);
    /** For a task that this gateway always wakes. */
    private static final Duration WOKEN = Duration.ofMinutes(1);

    private static final Duration TOKEN_USES = Duration.ofMinutes(1);
    /** Combines the submissions and events of a busy gateway; a trainer waits for its next job that long at most. */
    private static final Duration DISPATCH_PAUSE = Duration.ofMillis(10);
    /** Combines the ends of many jobs. */
    private static final Duration DEPENDENCIES_PAUSE = Duration.ofMillis(100);
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
        tasks.add(selfTimed(leadership.interval(), "leader", () -> leadership.renew(this::wakeLeader))
                .on(LEADER));
    }

    private void wakeLeader() {
        tasks.wakeLeader();
        tasks.wake(DISPATCHER);
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
    void addStudies(StudyTask studies, StudyStreams streams) {
        tasks.add(selfTimed(poll, "studies", studies::run)
                .on(JOBS)
                .atMostEvery(SECOND)
                .onLeader());
        addWaiting("study-waiters", streams.requests(), JOBS);
        tasks.add(every(STALLED_CLIENTS, "stalled-study-streams", streams::sweep));
    }

    @Inject
    void addJobs(
            JobDispatcher dispatcher,
            PoolTrainers trainers,
            Reaper reaper,
            DependencyResolver dependencies,
            Leadership leadership,
            Callbacks callbacks,
            JobEstimator estimates,
            PoolMetrics pools,
            PlatformMetrics platform,
            GatewaySettings settings) {
        tasks.add(selfTimed(poll, DISPATCHER, () -> leadership.dispatches() ? dispatcher.run() : null)
                .on(JOBS)
                .atMostEvery(DISPATCH_PAUSE));
        tasks.add(selfTimed(
                        poll,
                        "trainers",
                        () -> leadership.dispatches() ? trainers.poll(() -> tasks.wake(DISPATCHER)) : null)
                .on(JOBS)
                .atMostEvery(PoolTrainers.POLL));
        tasks.add(every(settings.reaper().period(), "reaper", reaper::poll).onLeader());
        tasks.add(every(settings.reaper().period(), "reaper-standby", () -> {
            if (!leadership.isLeader()) {
                reaper.observe();
            }
        }));
        tasks.add(every(poll, "job-dependencies", dependencies::run)
                .on(DEPENDENCIES)
                .atMostEvery(DEPENDENCIES_PAUSE)
                .onLeader());
        tasks.add(every(poll, "callbacks", callbacks::deliver).on(JOBS).atMostEvery(SECOND));
        tasks.add(every(ESTIMATES, "estimates", estimates::refresh));
        tasks.add(every(POOLS, "pool-metrics", pools::refresh));
        tasks.add(every(POOLS, "platform-metrics", platform::refresh));
    }

    @Inject
    void addKubernetes(DeletionCosts costs, GatewaySettings settings) {
        if (settings.kubernetes().deletionCosts()) {
            tasks.add(every(poll, "pod-deletion-costs", costs::update)
                    .on(JOBS)
                    .atMostEvery(SECOND)
                    .onLeader());
        }
    }

    @Inject
    void addModels(
            ModelRouter routes,
            ShadowComparisons comparisons,
            DriftCounter driftCounter,
            DriftMetrics driftMetrics,
            AsyncPredictionWaiters predictions) {
        tasks.add(every(SECOND, "drift-windows", driftCounter::flush));
        tasks.add(every(DRIFT, "drift-metrics", driftMetrics::refresh));
        tasks.add(every(poll, "routing-table", routes::refresh).on(MODELS));
        tasks.add(every(SECOND, "shadow-comparisons", comparisons::flush));
        addWaiting("async-prediction-waiters", predictions.requests(), PREDICTIONS);
    }

    @Inject
    void addAccess(
            TokenDirectory tokens,
            TokenUses uses,
            SessionDirectory sessions,
            AccessEnds ends,
            ProjectDirectory projects,
            GatewaySettings settings) {
        tasks.add(every(poll, "projects", projects::refresh).on(PROJECTS));
        if (settings.auth().mode() != Mode.NONE) {
            tasks.add(every(SECOND, "access-tokens", () -> {
                        tokens.refresh();
                        ends.apply();
                    })
                    .on(TOKENS));
            tasks.add(every(TOKEN_USES, "access-token-uses", uses::flush));
            tasks.add(every(SECOND, "page-sessions", () -> {
                        sessions.refresh();
                        ends.apply();
                    })
                    .on(SESSIONS));
            tasks.add(every(SessionDirectory.USES_PERIOD, "page-session-uses", sessions::flushUses));
        }
    }

    @Inject
    void addStorage(StorageMonitor storage) {
        tasks.add(every(STORAGE, "artifact-store", storage::check));
    }

    @Inject
    void addRetention(Sweeper sweeper, RetentionPlans plans, GatewaySettings settings) {
        tasks.add(every(settings.retention().sweep(), "expired-rows", () -> sweeper.sweep(plans.rows()))
                .onLeader());
        tasks.add(every(settings.retention().fileSweep(), "expired-files", () -> sweeper.sweep(plans.files()))
                .onLeader());
    }

    @Inject
    void addTopics(TopicUpkeep topics) {
        tasks.add(every(TOPICS, "topics", topics::run).onLeader());
    }

    private void addWaiting(String name, WaitingRequests<?, ?> requests, ChangeTopic topic) {
        String added = "new-" + name;
        tasks.add(every(poll, name, requests::check).on(topic).atMostEvery(WAITERS_PAUSE));
        tasks.add(every(WOKEN, added, requests::checkAdded).atMostEvery(WAITERS_PAUSE));
        requests.onAdded(() -> tasks.wake(added));
    }
}
