package dev.trainyard.predictor;

import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.message.CompactedTopicReader;
import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.TopicInstaller;
import dev.trainyard.message.Topics;
import dev.trainyard.predictor.crash.NativeCallGuard;
import dev.trainyard.predictor.crash.QuarantineTopicListener;
import dev.trainyard.predictor.crash.QuarantinedModels;
import dev.trainyard.predictor.inference.InferencePools;
import dev.trainyard.predictor.intake.PredictLoop;
import dev.trainyard.predictor.models.ActivationTopicListener;
import dev.trainyard.predictor.models.ProductionModelUpdater;
import dev.trainyard.predictor.models.ServedModels;
import dev.trainyard.predictor.models.VersionTopicListener;
import dev.trainyard.predictor.report.KafkaReplySender;
import dev.trainyard.predictor.report.StatusReporter;
import dev.trainyard.predictor.runtime.PredictorMetrics;
import dev.trainyard.predictor.runtime.PredictorSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One predictor with all its threads, from start to drain. Plain Java, so that a test can run two in one JVM. */
public final class PredictorProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PredictorProcess.class);
    private static final int TOPICS_LIMIT_SECONDS = 10;
    private static final Duration STARTING_LIMIT = Duration.ofMillis(500);

    private final Map<String, Object> kafka;
    private final Duration drainLimit;
    private final NativeCallGuard calls;
    private final QuarantinedModels quarantine;
    private final ServedModels models;
    private final CompactedTopicReader quarantines;
    private final CompactedTopicReader activations;
    private final CompactedTopicReader versions;
    private final KafkaReplySender replies;
    private final StatusReporter status;
    private final DeadLetterPublisher deadLetters;
    private final InferencePools pools;
    private final PredictLoop loop;
    private final Thread loopThread;
    private final Thread modelsThread;
    private final Thread versionsThread;
    private final Thread loaderThread;
    private final Thread quarantinesThread;
    private final Thread statusThread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean looping;
    private volatile String notReady = "is starting";

    public PredictorProcess(
            String worker, PredictorSettings settings, Map<String, Object> kafka, MeterRegistry registry) {
        PredictorMetrics metrics = new PredictorMetrics(registry);
        Clock clock = Clock.systemUTC();
        this.quarantine = new QuarantinedModels(clock);
        this.kafka = kafka;
        this.drainLimit = settings.drain().limit();
        ArtifactStore artifacts = new FileArtifactStore(settings.artifacts().dir());
        this.calls = NativeCallGuard.open(settings.state().dir(), worker, clock);
        this.models = new ServedModels(
                settings.models().memory().asLongValue(),
                settings.models().preload(),
                artifacts,
                quarantine,
                calls,
                clock,
                metrics);
        metrics.showTrouble(quarantine::size, () -> models.problems().size());
        this.quarantines =
                new CompactedTopicReader(kafka, Topics.MODEL_QUARANTINE, new QuarantineTopicListener(quarantine));
        this.activations = new CompactedTopicReader(
                kafka, Topics.MODELS, new ActivationTopicListener(new ProductionModelUpdater(models, clock, metrics)));
        this.versions = new CompactedTopicReader(kafka, Topics.MODEL_VERSIONS, new VersionTopicListener(models));
        metrics.showStopped(Topics.MODEL_QUARANTINE, quarantines.stopped());
        metrics.showStopped(Topics.MODELS, activations.stopped());
        metrics.showStopped(Topics.MODEL_VERSIONS, versions.stopped());
        this.replies = new KafkaReplySender(kafka, metrics);
        this.status = new StatusReporter(kafka, worker, models, clock);
        this.deadLetters = new DeadLetterPublisher(kafka, worker);
        this.pools = new InferencePools(models, clock, metrics, settings.decode());
        this.loop = new PredictLoop(worker, kafka, pools, replies, deadLetters, metrics);
        this.loopThread = daemon(this::run, "predictor");
        this.modelsThread = daemon(activations, "models");
        this.versionsThread = daemon(versions, "model-versions");
        this.loaderThread = daemon(models.loader(), "model-loader");
        this.quarantinesThread = daemon(quarantines, "model-quarantine");
        this.statusThread = daemon(status, "status");
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((dead, e) -> LOG.error("thread {} died", dead.getName(), e));
        return thread;
    }

    public void start() {
        loopThread.start();
    }

    private void run() {
        try {
            if (!installTopics()) {
                return;
            }
            if (!reportCrashes()) {
                return;
            }
            notReady = "has not read the topic of quarantined models yet";
            quarantinesThread.start();
            quarantines.awaitCaughtUp();
            loaderThread.start();
            statusThread.start();
            modelsThread.start();
            versionsThread.start();
            notReady = "has not read the models topic yet";
            activations.awaitCaughtUp();
            versions.awaitCaughtUp();
            notReady = null;
            looping = true;
            loop.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Publishes the crashes of earlier processes before any model is loaded, so that no predictor loads their models.
     */
    private boolean reportCrashes() throws InterruptedException {
        calls.crashes().forEach(quarantine::add);
        calls.localQuarantines().forEach(quarantine::addLocal);
        while (closing.getCount() > 0) {
            try {
                status.report(calls.crashes());
                calls.markReported();
                return true;
            } catch (KafkaException e) {
                notReady = "cannot report a crash: " + e.getMessage();
                LOG.warn("a crash could not be reported, trying again: {}", e.toString());
                closing.await(1, TimeUnit.SECONDS);
            }
        }
        return false;
    }

    private boolean installTopics() throws InterruptedException {
        while (closing.getCount() > 0) {
            try {
                TopicInstaller.install(kafka, TOPICS_LIMIT_SECONDS);
                return true;
            } catch (IllegalStateException e) {
                notReady = "has no Kafka: " + e.getMessage();
                LOG.warn("{}; trying again", e.getMessage());
                closing.await(1, TimeUnit.SECONDS);
            }
        }
        return false;
    }

    /** Returns true while the worker threads run. */
    public boolean isAlive() {
        return loopThread.isAlive()
                && (modelsThread.isAlive() || !activations.isCaughtUp())
                && (quarantinesThread.isAlive() || !quarantines.isCaughtUp())
                && (versionsThread.isAlive() && loaderThread.isAlive() || !versions.isCaughtUp());
    }

    /** Reason why this predictor is not ready, as the rest of a sentence; null if it is ready. */
    public String notReady() {
        String problem = notReady;
        if (problem == null && !loop.isMember()) {
            return "is not a member of the consumer group";
        }
        return problem == null
                ? Stream.of(activations, versions, quarantines)
                        .map(one -> one.stopped().problem())
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null)
                : problem;
    }

    /** Drains: processes the current batch, leaves the consumer group, and ends. */
    @Override
    public void close() {
        closing.countDown();
        loop.stop();
        try {
            // Before the loop runs there are no requests to process, and waiting for a broker would be useless.
            loopThread.join((looping ? drainLimit : STARTING_LIMIT).toMillis());
            status.close();
            quarantines.close();
            activations.close();
            versions.close();
            loopThread.interrupt();
            modelsThread.join(STARTING_LIMIT.toMillis());
            versionsThread.join(STARTING_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pools.close();
        models.close();
        try {
            loaderThread.join(STARTING_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        calls.close();
        replies.close();
        deadLetters.close();
    }
}
