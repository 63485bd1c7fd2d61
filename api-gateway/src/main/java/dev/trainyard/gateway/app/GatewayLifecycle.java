package dev.trainyard.gateway.app;

import dev.trainyard.artifact.StorageMonitor;
import dev.trainyard.artifact.StorageRefusedException;
import dev.trainyard.gateway.access.AccessSetup;
import dev.trainyard.gateway.access.OpenAddressCheck;
import dev.trainyard.gateway.changes.ChangeStreams;
import dev.trainyard.gateway.deadletters.DeadLetterRouter;
import dev.trainyard.gateway.jobs.JobWaiters;
import dev.trainyard.gateway.jobs.TrainEventConsumer;
import dev.trainyard.gateway.models.BundledModel;
import dev.trainyard.gateway.models.PredictorReports;
import dev.trainyard.gateway.models.ShadowComparisons;
import dev.trainyard.gateway.outbox.OutboxRelay;
import dev.trainyard.gateway.predictions.PredictorClient;
import dev.trainyard.gateway.predictions.async.AsyncPredictionReplyWriter;
import dev.trainyard.gateway.predictions.async.AsyncPredictionSender;
import dev.trainyard.gateway.predictions.async.AsyncPredictionWaiters;
import dev.trainyard.gateway.retention.Sweeper;
import dev.trainyard.gateway.runtime.BackgroundTasks;
import dev.trainyard.gateway.runtime.ChangeTopic;
import dev.trainyard.gateway.runtime.Leadership;
import dev.trainyard.gateway.runtime.Migrations;
import dev.trainyard.gateway.runtime.NotificationListener;
import dev.trainyard.gateway.runtime.Notifier;
import dev.trainyard.gateway.runtime.Readiness;
import dev.trainyard.gateway.runtime.TaskScope;
import dev.trainyard.gateway.runtime.TransientErrors;
import dev.trainyard.gateway.studies.StudyStreams;
import dev.trainyard.gateway.system.TrainerReports;
import dev.trainyard.gateway.topics.TopicUpkeep;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * Starts and stops the gateway's background tasks. Jobs are accepted as soon as the database is migrated; tasks that
 * need Kafka start once the broker answers.
 */
@ApplicationScoped
public class GatewayLifecycle implements Readiness {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayLifecycle.class);

    private final Flyway flyway;
    private final OutboxRelay relay;
    private final TrainEventConsumer consumer;
    private final BundledModel bundled;
    private final PredictorReports reports;
    private final TrainerReports trainerReports;
    private final PredictorClient predictions;
    private final JobWaiters waiters;
    private final DeadLetterRouter deadLetterRouter;
    private final AsyncPredictionSender asyncPredictionSender;
    private final AsyncPredictionReplyWriter asyncPredictionReplyWriter;
    private final AsyncPredictionWaiters asyncPredictionWaiters;
    private final StudyStreams studies;
    private final ChangeStreams changes;
    private final Sweeper sweeper;
    private final ShadowComparisons comparisons;
    private final Leadership leadership;
    private final Notifier notifier;
    private final OpenAddressCheck openAddress;
    private final StorageMonitor storage;
    private final AccessSetup access;
    private final NotificationListener notifications;
    private final BackgroundTasks tasks;
    private final GatewayTasks periodic;
    private final TopicUpkeep topics;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean migrated;
    private volatile @Nullable String notReady = "starting";

    GatewayLifecycle(
            Flyway flyway,
            OutboxRelay relay,
            TrainEventConsumer consumer,
            BundledModel bundled,
            PredictorReports reports,
            TrainerReports trainerReports,
            PredictorClient predictions,
            JobWaiters waiters,
            DeadLetterRouter deadLetterRouter,
            AsyncPredictionSender asyncPredictionSender,
            AsyncPredictionReplyWriter asyncPredictionReplyWriter,
            AsyncPredictionWaiters asyncPredictionWaiters,
            StudyStreams studies,
            ChangeStreams changes,
            Sweeper sweeper,
            ShadowComparisons comparisons,
            Leadership leadership,
            Notifier notifier,
            OpenAddressCheck openAddress,
            StorageMonitor storage,
            AccessSetup access,
            NotificationListener notifications,
            BackgroundTasks tasks,
            GatewayTasks periodic,
            TopicUpkeep topics) {
        this.studies = studies;
        this.changes = changes;
        this.sweeper = sweeper;
        this.comparisons = comparisons;
        this.leadership = leadership;
        this.notifier = notifier;
        this.openAddress = openAddress;
        this.storage = storage;
        this.access = access;
        this.notifications = notifications;
        this.tasks = tasks;
        this.periodic = periodic;
        this.topics = topics;
        this.asyncPredictionSender = asyncPredictionSender;
        this.asyncPredictionReplyWriter = asyncPredictionReplyWriter;
        this.asyncPredictionWaiters = asyncPredictionWaiters;
        this.flyway = flyway;
        this.relay = relay;
        this.consumer = consumer;
        this.bundled = bundled;
        this.reports = reports;
        this.trainerReports = trainerReports;
        this.predictions = predictions;
        this.waiters = waiters;
        this.deadLetterRouter = deadLetterRouter;
    }

    /** Runs before the HTTP server opens, so that the first request finds the tables if the database is available. */
    void start(@Observes StartupEvent event) {
        // exit with 0 after a graceful shutdown, where the JVM's default after SIGTERM is 143
        Signal.handle(new Signal("TERM"), signal -> Quarkus.asyncExit(0));
        openAddress.run();
        try {
            storage.start();
        } catch (StorageRefusedException e) {
            throw new ConfigurationException("The gateway does not start: " + e.getMessage(), e);
        }
        try {
            migrate();
        } catch (FlywayException e) {
            LOG.warn("The database is not available yet: {}", TransientErrors.rootMessage(e));
        }
        Thread starter = new Thread(this::startTasks, "gateway-start");
        starter.setDaemon(true);
        starter.setUncaughtExceptionHandler((dead, e) -> LOG.error("Thread {} died", dead.getName(), e));
        starter.start();
    }

    /** Completes long polls, which would otherwise delay the shutdown. */
    void drain(@Observes ShutdownDelayInitiatedEvent event) {
        waiters.close();
        asyncPredictionWaiters.close();
        studies.close();
        changes.close();
    }

    void stop(@Observes ShutdownEvent event) {
        closing.countDown();
        sweeper.close();
        deadLetterRouter.close();
        reports.close();
        trainerReports.close();
        asyncPredictionSender.close();
        asyncPredictionReplyWriter.close();
        predictions.close();
        consumer.close();
        relay.close();
        tasks.close();
        handOver();
        saveComparisons();
        notifications.close();
    }

    /** Other gateways learn at once of the last changes, and one of them leads. */
    private void handOver() {
        try {
            if (leadership.release()) {
                notifier.publish(ChangeTopic.LEADER);
            }
            notifier.flush();
        } catch (JdbiException e) {
            LOG.warn(
                    "Other gateways learn later of the last changes, because the database is unavailable: {}",
                    e.toString());
        }
    }

    private void saveComparisons() {
        try {
            comparisons.flush();
        } catch (JdbiException e) {
            LOG.warn(
                    "The last comparisons with shadows are lost because the database is unavailable: {}", e.toString());
        }
    }

    /** Returns true if the database is migrated to this version. */
    boolean isMigrated() {
        return migrated;
    }

    /** Returns the reason why the gateway is not ready; null if it is ready. */
    @Override
    public @Nullable String notReady() {
        return notReady;
    }

    private void startTasks() {
        try {
            retryUntilDone("the database is unavailable", this::migrate);
            retryUntilDone("the access tokens could not be read", access::run);
            tasks.start("notifications", TaskScope.EVERY_GATEWAY, notifications);
            periodic.resume();
            retryUntilDone("the topics are not ready", topics::install);
            tasks.start("outbox-relay", TaskScope.EVERY_GATEWAY, relay);
            tasks.start("train-events", TaskScope.PARTITION_LEASE, consumer);
            tasks.start("dead-letter-router", TaskScope.PARTITION_LEASE, deadLetterRouter);
            reports.followers()
                    .forEach(follower -> tasks.start("predictor-reports", TaskScope.EVERY_GATEWAY, follower));
            tasks.start("trainer-reports", TaskScope.EVERY_GATEWAY, trainerReports.follower());
            retryUntilDone("the bundled model could not be published", bundled::install);
            tasks.start("async-prediction-replies", TaskScope.EVERY_GATEWAY, asyncPredictionReplyWriter);
            tasks.start("async-prediction-sender", TaskScope.EVERY_GATEWAY, asyncPredictionSender);
            retryUntilDone("Kafka is unavailable", predictions::start);
            tasks.start("predict-replies", TaskScope.EVERY_GATEWAY, predictions);
            notReady = null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void migrate() {
        if (!migrated) {
            Migrations.migrate(flyway);
            migrated = true;
        }
    }

    private interface StartStep {
        void run() throws IOException;
    }

    private void retryUntilDone(String failure, StartStep step) throws InterruptedException {
        while (closing.getCount() > 0) {
            try {
                step.run();
                return;
            } catch (IllegalStateException | IOException | JdbiException | FlywayException | KafkaException e) {
                notReady = failure + ": " + TransientErrors.rootMessage(e);
                LOG.warn("The gateway is not ready, retrying: {}", notReady);
                closing.await(1, TimeUnit.SECONDS);
            }
        }
        throw new InterruptedException("closing");
    }
}
