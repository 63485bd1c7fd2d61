package dev.trainyard.gateway.app;

import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.changes.ChangeQueries;
import dev.trainyard.gateway.changes.ChangeStreams;
import dev.trainyard.gateway.deadletters.DeadLetterReader;
import dev.trainyard.gateway.deadletters.DeadLetterRouter;
import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.estimates.EstimateQueries;
import dev.trainyard.gateway.estimates.JobEstimator;
import dev.trainyard.gateway.http.AdminToken;
import dev.trainyard.gateway.http.ClientRateLimiter;
import dev.trainyard.gateway.imports.ModelImports;
import dev.trainyard.gateway.jobs.Callbacks;
import dev.trainyard.gateway.jobs.EventOffsets;
import dev.trainyard.gateway.jobs.JobActions;
import dev.trainyard.gateway.jobs.JobEventStreams;
import dev.trainyard.gateway.jobs.JobEvents;
import dev.trainyard.gateway.jobs.JobQueries;
import dev.trainyard.gateway.jobs.JobRules;
import dev.trainyard.gateway.jobs.JobStore;
import dev.trainyard.gateway.jobs.JobWaiters;
import dev.trainyard.gateway.jobs.PartitionLease;
import dev.trainyard.gateway.jobs.Reaper;
import dev.trainyard.gateway.jobs.RefusedDispatchHandler;
import dev.trainyard.gateway.jobs.RetryPolicy;
import dev.trainyard.gateway.jobs.TopicOffsets;
import dev.trainyard.gateway.jobs.TrainEventApplier;
import dev.trainyard.gateway.jobs.TrainEventConsumer;
import dev.trainyard.gateway.models.ModelRegistry;
import dev.trainyard.gateway.models.ModelRouter;
import dev.trainyard.gateway.models.PredictorReports;
import dev.trainyard.gateway.models.ShadowComparisons;
import dev.trainyard.gateway.outbox.OutboxQuarantine;
import dev.trainyard.gateway.outbox.OutboxRelay;
import dev.trainyard.gateway.predictions.PredictionAdmission;
import dev.trainyard.gateway.predictions.PredictorClient;
import dev.trainyard.gateway.predictions.RoutedPredictor;
import dev.trainyard.gateway.predictions.ShadowRequests;
import dev.trainyard.gateway.predictions.async.AsyncPredictionQueue;
import dev.trainyard.gateway.predictions.async.AsyncPredictionReplyWriter;
import dev.trainyard.gateway.predictions.async.AsyncPredictionSender;
import dev.trainyard.gateway.predictions.async.AsyncPredictionStore;
import dev.trainyard.gateway.predictions.async.AsyncPredictionWaiters;
import dev.trainyard.gateway.predictions.batch.BatchPredictor;
import dev.trainyard.gateway.predictions.inference.TensorPredictor;
import dev.trainyard.gateway.runtime.BackgroundTasks;
import dev.trainyard.gateway.runtime.ChangeTopic;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.Leadership;
import dev.trainyard.gateway.runtime.NotificationListener;
import dev.trainyard.gateway.runtime.Notifier;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.gateway.system.BrokerProbe;
import dev.trainyard.gateway.system.ExpectedWorkers;
import dev.trainyard.gateway.system.SystemProbe;
import dev.trainyard.gateway.system.SystemQueries;
import dev.trainyard.message.DeadLetterPublisher;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.DefaultBean;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.ds.PGSimpleDataSource;

/** Produces the beans of classes without CDI annotations. */
@Singleton
class GatewayProducers {
    /** Renewed once per second; allows several failed renewals or a pause of the machine. */
    private static final Duration PARTITION_LEASE = Duration.ofSeconds(4);

    static final String EDGE = Transactions.EDGE;
    /** An unavailable database or broker is reported within 2 s, including network time. */
    static final Duration EDGE_LIMIT = Duration.ofMillis(1_700);

    /** Trainers retry the broker every second and then send their queued events. */
    private static final Duration BROKER_SETTLING = Duration.ofSeconds(4);

    private static final JobEventStreams.Settings STREAMS =
            new JobEventStreams.Settings(Duration.ofSeconds(10), Duration.ofSeconds(60));
    /** The web page treats a longer silence as a lost connection, so that it notices an outage within 5 s. */
    private static final Duration CHANGES_HEARTBEAT = Duration.ofSeconds(1);

    @Produces
    @Singleton
    Leadership leadership(Jdbi jdbi, GatewaySettings settings, MeterRegistry metrics) {
        Leadership leadership = new Leadership(jdbi, settings.leader().lease());
        Gauge.builder("trainyard.leader", leadership, one -> one.isLeader() ? 1 : 0)
                .register(metrics);
        return leadership;
    }

    @Produces
    @Singleton
    BackgroundTasks backgroundTasks(MeterRegistry metrics, Leadership leadership) {
        return new BackgroundTasks(metrics, Clock.systemUTC(), leadership::isLeader);
    }

    @Produces
    @Singleton
    Notifier notifier(BackgroundTasks tasks, Jdbi jdbi, GatewaySettings settings) {
        return new Notifier(tasks, jdbi, settings.background().poll());
    }

    @Produces
    @Singleton
    NotificationListener notificationListener(
            @ConfigProperty(name = "quarkus.datasource.jdbc.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username") Optional<String> user,
            @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password,
            Notifier notifier) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(url);
        user.ifPresent(database::setUser);
        password.ifPresent(database::setPassword);
        database.setConnectTimeout(1);
        database.setLoginTimeout(2);
        database.setTcpKeepAlive(true);
        return new NotificationListener(database, notifier);
    }

    /** Called after the commit of a change of jobs, which may have added records to the outbox. */
    private static Runnable jobsChanged(OutboxRelay relay, Notifier notifier) {
        return () -> {
            relay.wake();
            notifier.publish(ChangeTopic.JOBS);
        };
    }

    @Produces
    @Singleton
    @DefaultBean
    FileArtifactStore artifacts(GatewaySettings settings) {
        return new FileArtifactStore(settings.artifacts().dir());
    }

    @Produces
    @Singleton
    OutboxRelay relay(
            Jdbi jdbi,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            GatewaySettings settings,
            Notifier notifier,
            MeterRegistry metrics) {
        OutboxRelay.Rules rules = new OutboxRelay.Rules(
                settings.outbox().tries(),
                settings.outbox().topicLimit(),
                new RefusedDispatchHandler(rules(settings)),
                () -> notifier.publish(ChangeTopic.JOBS),
                settings.background().poll());
        return new OutboxRelay(jdbi, kafka, rules, metrics);
    }

    @Produces
    @Singleton
    OutboxQuarantine quarantine(@Identifier(EDGE) Jdbi jdbi, OutboxRelay relay) {
        return new OutboxQuarantine(jdbi, relay::wake);
    }

    @Produces
    @Singleton
    DiskSpace diskSpace(GatewaySettings settings, MeterRegistry metrics) {
        GatewaySettings.Disk marks = settings.disk();
        List<Path> folders = new ArrayList<>(List.of(settings.artifacts().dir()));
        marks.folders().ifPresent(folders::addAll);
        DiskSpace disk = new DiskSpace(
                folders,
                new DiskSpace.Thresholds(
                        marks.refuseBelow().asLongValue(), marks.acceptAbove().asLongValue(), marks.mostPercent()));
        Gauge.builder("trainyard.disk.free", disk, space -> space.state().leastFree())
                .baseUnit("bytes")
                .register(metrics);
        Gauge.builder("trainyard.disk.refusing", disk, space -> space.state().refusing() ? 1 : 0)
                .register(metrics);
        return disk;
    }

    @Produces
    @Singleton
    JobStore jobStore(
            @Identifier(EDGE) Jdbi jdbi,
            OutboxRelay relay,
            Notifier notifier,
            GatewaySettings settings,
            DiskSpace disk) {
        return new JobStore(
                jdbi,
                settings.queue().limit(),
                jobsChanged(relay, notifier),
                disk::shortage,
                settings.retention().idempotencyKeys());
    }

    @Produces
    @Singleton
    AdminToken adminToken(GatewaySettings settings) {
        return new AdminToken(settings.admin().token());
    }

    @Produces
    @Singleton
    ModelImports imports(JobStore store, ArtifactStore artifacts, DiskSpace disk) {
        return new ModelImports(store, artifacts, disk::shortage);
    }

    @Produces
    @Singleton
    JobActions jobActions(@Identifier(EDGE) Jdbi jdbi, JobStore store, OutboxRelay relay, Notifier notifier) {
        return new JobActions(jdbi, store, jobsChanged(relay, notifier));
    }

    @Produces
    @Singleton
    JobEstimator jobEstimator(@Identifier(EDGE) Jdbi jdbi, SystemProbe system) {
        return new JobEstimator(new EstimateQueries(jdbi), () -> system.poll().trainers());
    }

    @Produces
    @Singleton
    JobQueries jobQueries(@Identifier(EDGE) Jdbi jdbi, JobEstimator estimates) {
        return new JobQueries(jdbi, estimates);
    }

    @Produces
    @Singleton
    JobEvents jobEvents(@Identifier(EDGE) Jdbi jdbi) {
        return new JobEvents(jdbi);
    }

    @Produces
    @Singleton
    @Identifier(ClientRateLimiter.SUBMITS)
    ClientRateLimiter submitRate(GatewaySettings settings) {
        return new ClientRateLimiter(
                settings.rate().submitsPerSecond(),
                "This client submits or changes more than %d jobs per second; slow down.");
    }

    @Produces
    @Singleton
    PredictionAdmission predictionAdmission(GatewaySettings settings) {
        ClientRateLimiter rate = new ClientRateLimiter(
                settings.rate().predictionsPerSecond(), "This client sends more than %d images per second; slow down.");
        return new PredictionAdmission(rate, settings.predict().maxPendingPerClient());
    }

    @Produces
    @Singleton
    Callbacks callbacks(Jdbi jdbi, GatewaySettings settings, Vertx vertx) {
        GatewaySettings.Callback callback = settings.callback();
        return Callbacks.over(jdbi, callback.secret(), callback.allowPrivate(), vertx);
    }

    @Produces
    @Singleton
    DeadLetterReader deadLetterReader(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        return new DeadLetterReader(kafka, EDGE_LIMIT);
    }

    @Produces
    @Singleton
    DeadLetterRouter deadLetterRouter(
            @Identifier("default-kafka-broker") Map<String, Object> kafka, DeadLetterPublisher letters) {
        return new DeadLetterRouter(kafka, letters);
    }

    @Produces
    @Singleton
    JobWaiters jobWaiters(JobQueries queries) {
        return new JobWaiters(queries);
    }

    @Produces
    @Singleton
    JobEventStreams jobEventStreams(JobEvents events, JobWaiters waiters) {
        return new JobEventStreams(events, waiters, Infrastructure.getDefaultWorkerPool(), STREAMS);
    }

    @Produces
    @Singleton
    ChangeStreams changeStreams(@Identifier(EDGE) Jdbi jdbi, JobEstimator estimates) {
        return new ChangeStreams(
                new ChangeQueries(jdbi, estimates),
                Infrastructure.getDefaultWorkerPool(),
                CHANGES_HEARTBEAT,
                STREAMS.writeTimeout());
    }

    @Produces
    @Singleton
    BrokerProbe brokerProbe(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        return new BrokerProbe(kafka);
    }

    void closeBrokerProbe(@Disposes BrokerProbe probe) {
        probe.close();
    }

    @Produces
    @Singleton
    SystemProbe systemProbe(
            @Identifier(EDGE) Jdbi jdbi,
            GatewaySettings settings,
            BrokerProbe broker,
            PredictorReports reports,
            DiskSpace disk,
            DeadLetterRouter letters,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        GatewaySettings.Expected expected = settings.expected();
        ExpectedWorkers workers = new ExpectedWorkers(
                expected.trainers().orElse(Set.of()), expected.predictors().orElse(Set.of()));
        return new SystemProbe(
                new SystemQueries(jdbi, settings.lease().duration()),
                broker,
                reports,
                workers,
                disk,
                () -> Stream.concat(
                                letters.stopped().list().stream(),
                                reports.followers().stream().flatMap(one -> one.stopped().list().stream()))
                        .distinct()
                        .toList(),
                version);
    }

    @Produces
    @Singleton
    PredictorReports predictorReports(
            @Identifier("default-kafka-broker") Map<String, Object> kafka, MeterRegistry metrics) {
        return new PredictorReports(kafka, metrics);
    }

    @Produces
    @Singleton
    ShadowComparisons comparisons(Jdbi jdbi, MeterRegistry metrics) {
        return new ShadowComparisons(jdbi, metrics);
    }

    @Produces
    @Singleton
    RoutedPredictor routedPredictor(ModelRouter routes, PredictorClient predictions, ShadowComparisons comparisons) {
        Executor workers = Infrastructure.getDefaultWorkerPool();
        return new RoutedPredictor(routes, predictions, new ShadowRequests(predictions, comparisons, workers), workers);
    }

    @Produces
    @Singleton
    TrainEventApplier eventApplier(
            Jdbi jdbi,
            Transactions transactions,
            ModelRegistry models,
            ArtifactStore artifacts,
            OutboxRelay relay,
            GatewaySettings settings,
            Notifier notifier,
            MeterRegistry metrics) {
        JobRules rules = rules(settings);
        return new TrainEventApplier(
                jdbi,
                new TrainEventApplier.Rules(rules, settings.lease().duration()),
                new TrainEventApplier.Publication(transactions, models, artifacts),
                relay::wake,
                () -> notifier.publish(ChangeTopic.JOBS),
                metrics);
    }

    private static JobRules rules(GatewaySettings settings) {
        return new JobRules(new RetryPolicy(settings.lease().maxAttempts(), () -> ThreadLocalRandom.current()
                .nextDouble()));
    }

    @Produces
    @Singleton
    DeadLetterPublisher deadLetters(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        return new DeadLetterPublisher(kafka, "gateway");
    }

    void closeDeadLetters(@Disposes DeadLetterPublisher letters) {
        letters.close();
    }

    @Produces
    @Singleton
    TopicOffsets topicOffsets(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        return new TopicOffsets(kafka);
    }

    void closeTopicOffsets(@Disposes TopicOffsets topicOffsets) {
        topicOffsets.close();
    }

    @Produces
    @Singleton
    EventOffsets eventOffsets(Jdbi jdbi) {
        return new EventOffsets(jdbi);
    }

    @Produces
    @Singleton
    TrainEventConsumer eventConsumer(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            TopicOffsets topicOffsets,
            Jdbi jdbi,
            TrainEventApplier applier,
            DeadLetterPublisher deadLetters) {
        PartitionLease lease = new PartitionLease(jdbi, UUID.randomUUID(), PARTITION_LEASE);
        return new TrainEventConsumer(kafka, topicOffsets, lease, applier, deadLetters);
    }

    @Produces
    @Singleton
    Reaper reaper(
            Jdbi jdbi,
            TopicOffsets topicOffsets,
            EventOffsets eventOffsets,
            OutboxRelay relay,
            GatewaySettings settings,
            Notifier notifier,
            Leadership leadership,
            MeterRegistry metrics) {
        JobRules rules = rules(settings);
        Reaper.Limits limits = new Reaper.Limits(settings.reaper().unclaimedLimit(), BROKER_SETTLING);
        Runnable jobsChanged = () -> notifier.publish(ChangeTopic.JOBS);
        return new Reaper(
                jdbi, topicOffsets, eventOffsets, rules, limits, leadership, relay::wake, jobsChanged, metrics);
    }

    @Produces
    @Singleton
    PredictorClient predictions(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            GatewaySettings settings,
            MeterRegistry metrics) {
        return new PredictorClient(
                kafka, settings.predict().timeout(), settings.predict().maxPending(), metrics);
    }

    @Produces
    @Singleton
    AsyncPredictionStore asyncPredictionStore(@Identifier(EDGE) Jdbi jdbi, GatewaySettings settings, DiskSpace disk) {
        GatewaySettings.AsyncPredictions async = settings.predict().async();
        return new AsyncPredictionStore(jdbi, async.limit(), async.bytes().asLongValue(), disk::shortage);
    }

    @Produces
    @Singleton
    AsyncPredictionQueue asyncPredictionQueue(Jdbi jdbi, GatewaySettings settings) {
        GatewaySettings.AsyncPredictions async = settings.predict().async();
        return new AsyncPredictionQueue(jdbi, async.replyTimeout(), async.maxAttempts());
    }

    @Produces
    @Singleton
    AsyncPredictionWaiters asyncPredictionWaiters(AsyncPredictionStore store, Notifier notifier) {
        return new AsyncPredictionWaiters(store, () -> notifier.publish(ChangeTopic.PREDICTIONS));
    }

    @Produces
    @Singleton
    AsyncPredictionSender asyncPredictionSender(
            AsyncPredictionQueue queue,
            PredictorClient predictions,
            AsyncPredictionWaiters waiters,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            GatewaySettings settings) {
        return new AsyncPredictionSender(
                queue, predictions, waiters, kafka, settings.background().poll());
    }

    @Produces
    @Singleton
    AsyncPredictionReplyWriter asyncPredictionReplyWriter(
            AsyncPredictionQueue queue,
            AsyncPredictionSender sender,
            AsyncPredictionWaiters waiters,
            PredictorClient predictions) {
        AsyncPredictionReplyWriter replies = new AsyncPredictionReplyWriter(queue, sender, waiters);
        predictions.onUnmatchedReply(replies::accept);
        return replies;
    }

    @Produces
    @Singleton
    BatchPredictor batchPredictor(RoutedPredictor predictions) {
        return new BatchPredictor(predictions, Infrastructure.getDefaultWorkerPool());
    }

    @Produces
    @Singleton
    TensorPredictor tensorPredictor(RoutedPredictor routed, PredictorClient predictions) {
        return new TensorPredictor(routed, predictions, Infrastructure.getDefaultWorkerPool());
    }
}
