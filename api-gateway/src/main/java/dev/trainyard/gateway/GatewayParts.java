package dev.trainyard.gateway;

import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.changes.ChangeQueries;
import dev.trainyard.gateway.changes.ChangeStreams;
import dev.trainyard.gateway.deadletters.DeadLetterBox;
import dev.trainyard.gateway.deadletters.LetterSorter;
import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.estimates.EstimateQueries;
import dev.trainyard.gateway.estimates.Estimates;
import dev.trainyard.gateway.http.ClientRateLimiter;
import dev.trainyard.gateway.imports.ModelImports;
import dev.trainyard.gateway.models.ModelChanges;
import dev.trainyard.gateway.models.ModelFileCleaner;
import dev.trainyard.gateway.models.ModelQueries;
import dev.trainyard.gateway.models.ModelRegistry;
import dev.trainyard.gateway.models.ModelRouter;
import dev.trainyard.gateway.models.PredictorReports;
import dev.trainyard.gateway.models.ShadowComparisons;
import dev.trainyard.gateway.outbox.OutboxRelay;
import dev.trainyard.gateway.outbox.Quarantine;
import dev.trainyard.gateway.prediction.PredictionAdmission;
import dev.trainyard.gateway.prediction.PredictorClient;
import dev.trainyard.gateway.prediction.RoutedPredictor;
import dev.trainyard.gateway.prediction.ShadowRequests;
import dev.trainyard.gateway.prediction.async.AsyncPredictionQueue;
import dev.trainyard.gateway.prediction.async.AsyncPredictionReplyWriter;
import dev.trainyard.gateway.prediction.async.AsyncPredictionSender;
import dev.trainyard.gateway.prediction.async.AsyncPredictionStore;
import dev.trainyard.gateway.prediction.async.AsyncPredictionWaiters;
import dev.trainyard.gateway.prediction.batch.BatchPredictor;
import dev.trainyard.gateway.prediction.tensor.TensorPredictor;
import dev.trainyard.gateway.system.BrokerLook;
import dev.trainyard.gateway.system.ExpectedWorkers;
import dev.trainyard.gateway.system.SystemLook;
import dev.trainyard.gateway.system.SystemQueries;
import dev.trainyard.gateway.training.Callbacks;
import dev.trainyard.gateway.training.DispatchRefusals;
import dev.trainyard.gateway.training.EventPositions;
import dev.trainyard.gateway.training.EventShare;
import dev.trainyard.gateway.training.EventStreams;
import dev.trainyard.gateway.training.JobEvents;
import dev.trainyard.gateway.training.JobQueries;
import dev.trainyard.gateway.training.JobRules;
import dev.trainyard.gateway.training.JobStore;
import dev.trainyard.gateway.training.JobWaiters;
import dev.trainyard.gateway.training.JobWishes;
import dev.trainyard.gateway.training.QueueLag;
import dev.trainyard.gateway.training.Reaper;
import dev.trainyard.gateway.training.RetryRule;
import dev.trainyard.gateway.training.TrainEventApplier;
import dev.trainyard.gateway.training.TrainEventIntake;
import dev.trainyard.message.DeadLetterPublisher;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.DefaultBean;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;

/** Wires the plain parts; the only place that knows all of them. */
@Singleton
class GatewayParts {
    /** Several renewals, one a second, and a pause of the machine. */
    private static final Duration EVENT_SHARE_LEASE = Duration.ofSeconds(4);

    static final String EDGE = "edge";
    /** A database or broker that is away is said within 2 s; the rest is for the way there and back. */
    private static final Duration EDGE_LIMIT = Duration.ofMillis(1_700);

    /** Trainers try the broker again every second and send what they kept. */
    private static final Duration BROKER_SETTLING = Duration.ofSeconds(4);

    private static final Duration BACKGROUND_LIMIT = Duration.ofSeconds(3);
    private static final EventStreams.Settings STREAMS =
            new EventStreams.Settings(Duration.ofSeconds(10), Duration.ofSeconds(60));
    /** The web page asks after a longer silence, so that it notices within 5 s when the gateway no longer answers. */
    private static final Duration CHANGES_HEARTBEAT = Duration.ofSeconds(1);

    /** For what tries again by itself. */
    @Produces
    @Singleton
    Jdbi jdbi(DataSource dataSource) {
        return Jdbi.create(new PromptConnections(dataSource, BACKGROUND_LIMIT));
    }

    /** For what a client waits for. */
    @Produces
    @Singleton
    @Identifier(EDGE)
    Jdbi edgeJdbi(DataSource dataSource) {
        return Jdbi.create(new PromptConnections(dataSource, EDGE_LIMIT));
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
            Instance<JobWaiters> waiters,
            MeterRegistry metrics) {
        OutboxRelay.Rules rules = new OutboxRelay.Rules(
                settings.outbox().tries(),
                settings.outbox().topicLimit(),
                new DispatchRefusals(rules(settings)),
                () -> waiters.get().poke());
        return new OutboxRelay(jdbi, kafka, rules, metrics);
    }

    @Produces
    @Singleton
    Quarantine quarantine(@Identifier(EDGE) Jdbi jdbi, OutboxRelay relay) {
        return new Quarantine(jdbi, relay::poke);
    }

    @Produces
    @Singleton
    DiskSpace diskSpace(GatewaySettings settings, MeterRegistry metrics) {
        GatewaySettings.Disk marks = settings.disk();
        List<Path> folders = new ArrayList<>(List.of(settings.artifacts().dir()));
        marks.folders().ifPresent(folders::addAll);
        DiskSpace disk = new DiskSpace(
                folders,
                new DiskSpace.Marks(
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
    JobStore jobStore(@Identifier(EDGE) Jdbi jdbi, OutboxRelay relay, GatewaySettings settings, DiskSpace disk) {
        return new JobStore(
                jdbi,
                settings.queue().limit(),
                relay::poke,
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
    JobWishes jobWishes(@Identifier(EDGE) Jdbi jdbi, JobStore store, OutboxRelay relay) {
        return new JobWishes(jdbi, store, relay::poke);
    }

    @Produces
    @Singleton
    Estimates estimates(@Identifier(EDGE) Jdbi jdbi, SystemLook system) {
        return new Estimates(new EstimateQueries(jdbi), () -> system.look().trainers());
    }

    @Produces
    @Singleton
    JobQueries jobQueries(@Identifier(EDGE) Jdbi jdbi, Estimates estimates) {
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
                "This client submits or changes more than %d jobs a second; slow down.");
    }

    @Produces
    @Singleton
    PredictionAdmission predictionAdmission(GatewaySettings settings) {
        ClientRateLimiter rate = new ClientRateLimiter(
                settings.rate().predictionsPerSecond(),
                "This client asks about more than %d pictures a second; slow down.");
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
    DeadLetterBox deadLetterBox(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        return new DeadLetterBox(kafka, EDGE_LIMIT);
    }

    @Produces
    @Singleton
    LetterSorter letterSorter(
            @Identifier("default-kafka-broker") Map<String, Object> kafka, DeadLetterPublisher letters) {
        return new LetterSorter(kafka, letters);
    }

    @Produces
    @Singleton
    JobWaiters jobWaiters(JobQueries queries) {
        return new JobWaiters(queries, Infrastructure.getDefaultWorkerPool());
    }

    @Produces
    @Singleton
    EventStreams eventStreams(JobEvents events, JobWaiters waiters) {
        return new EventStreams(events, waiters, Infrastructure.getDefaultWorkerPool(), STREAMS);
    }

    @Produces
    @Singleton
    ChangeStreams changeStreams(@Identifier(EDGE) Jdbi jdbi, Estimates estimates) {
        return new ChangeStreams(
                new ChangeQueries(jdbi, estimates),
                Infrastructure.getDefaultWorkerPool(),
                CHANGES_HEARTBEAT,
                STREAMS.patience());
    }

    @Produces
    @Singleton
    BrokerLook brokerLook(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        return new BrokerLook(kafka);
    }

    void closeBrokerLook(@Disposes BrokerLook look) {
        look.close();
    }

    @Produces
    @Singleton
    SystemLook systemLook(
            @Identifier(EDGE) Jdbi jdbi,
            GatewaySettings settings,
            BrokerLook broker,
            PredictorReports reports,
            DiskSpace disk,
            LetterSorter letters,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        GatewaySettings.Expected expected = settings.expected();
        ExpectedWorkers workers = new ExpectedWorkers(
                expected.trainers().orElse(Set.of()), expected.predictors().orElse(Set.of()));
        return new SystemLook(
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
    ModelRegistry modelRegistry(@Identifier(EDGE) Jdbi jdbi) {
        return new ModelRegistry(jdbi);
    }

    @Produces
    @Singleton
    ModelQueries modelQueries(@Identifier(EDGE) Jdbi jdbi) {
        return new ModelQueries(jdbi);
    }

    @Produces
    @Singleton
    ModelChanges modelChanges(@Identifier(EDGE) Jdbi jdbi, OutboxRelay relay) {
        return new ModelChanges(jdbi, relay::poke);
    }

    @Produces
    @Singleton
    ModelFileCleaner modelFiles(@Identifier(EDGE) Jdbi jdbi, ArtifactStore artifacts) {
        return new ModelFileCleaner(jdbi, artifacts);
    }

    @Produces
    @Singleton
    PredictorReports predictorReports(
            @Identifier("default-kafka-broker") Map<String, Object> kafka, MeterRegistry metrics) {
        return new PredictorReports(kafka, metrics);
    }

    @Produces
    @Singleton
    ModelRouter routes(@Identifier(EDGE) Jdbi jdbi) {
        return new ModelRouter(jdbi);
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
            ModelRegistry models,
            ArtifactStore artifacts,
            OutboxRelay relay,
            GatewaySettings settings,
            JobWaiters waiters,
            MeterRegistry metrics) {
        JobRules rule = rules(settings);
        return new TrainEventApplier(
                jdbi,
                new TrainEventApplier.Rules(rule, settings.lease().duration()),
                models,
                artifacts,
                relay::poke,
                waiters::poke,
                metrics);
    }

    private static JobRules rules(GatewaySettings settings) {
        return new JobRules(new RetryRule(settings.lease().maxAttempts(), () -> ThreadLocalRandom.current()
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
    QueueLag queueLag(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        return new QueueLag(kafka);
    }

    void closeLag(@Disposes QueueLag lag) {
        lag.close();
    }

    @Produces
    @Singleton
    EventPositions eventPositions(Jdbi jdbi) {
        return new EventPositions(jdbi);
    }

    @Produces
    @Singleton
    TrainEventIntake eventIntake(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            QueueLag lag,
            Jdbi jdbi,
            TrainEventApplier applier,
            DeadLetterPublisher deadLetters) {
        EventShare share = new EventShare(jdbi, UUID.randomUUID(), EVENT_SHARE_LEASE);
        return new TrainEventIntake(kafka, lag, share, applier, deadLetters);
    }

    @Produces
    @Singleton
    Reaper reaper(
            Jdbi jdbi,
            QueueLag lag,
            EventPositions positions,
            OutboxRelay relay,
            GatewaySettings settings,
            JobWaiters waiters,
            MeterRegistry metrics) {
        JobRules rule = rules(settings);
        Reaper.Limits limits = new Reaper.Limits(settings.reaper().unclaimedLimit(), BROKER_SETTLING);
        return new Reaper(jdbi, lag, positions, rule, limits, relay::poke, waiters::poke, metrics);
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
        return new AsyncPredictionQueue(jdbi, async.patience(), async.asks());
    }

    @Produces
    @Singleton
    AsyncPredictionWaiters asyncPredictionWaiters(AsyncPredictionStore store) {
        return new AsyncPredictionWaiters(store);
    }

    @Produces
    @Singleton
    AsyncPredictionSender asyncPredictionSender(
            AsyncPredictionQueue queue,
            PredictorClient predictions,
            AsyncPredictionWaiters waiters,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        return new AsyncPredictionSender(queue, predictions, waiters, kafka);
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
