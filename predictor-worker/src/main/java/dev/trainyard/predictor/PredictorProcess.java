package dev.trainyard.predictor;

import dev.trainyard.message.CompactedTopicReader;
import dev.trainyard.message.DeadLetterPublisher;
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
import dev.trainyard.predictor.report.ReportChannel;
import dev.trainyard.predictor.report.StatusReporter;
import dev.trainyard.predictor.runtime.PredictorMetrics;
import dev.trainyard.predictor.runtime.PredictorSettings;
import dev.trainyard.storage.ArtifactStores;
import dev.trainyard.worker.Worker;
import dev.trainyard.worker.WorkerShell;
import dev.trainyard.worker.WorkerStorage;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One predictor with all its threads, from start to drain. Plain Java, so that a test can run two in one JVM. */
public final class PredictorProcess implements Worker {
    private final WorkerShell shell;
    private final WorkerStorage storage;
    private final Duration drainLimit;
    private final Clock clock = Clock.systemUTC();
    private final PredictorMetrics metrics;
    private final NativeCallGuard calls;
    private final QuarantinedModels quarantine = new QuarantinedModels(clock);
    private final ServedModels models;
    private final KafkaReplySender replies;
    private final StatusReporter status;
    private final DeadLetterPublisher deadLetters;
    private final InferencePools pools;
    private final PredictLoop loop;

    /** A predictor that traces nothing. */
    public PredictorProcess(
            String worker,
            PredictorSettings settings,
            Map<String, Object> kafka,
            ReportChannel reports,
            MeterRegistry registry) {
        this(worker, settings, kafka, reports, registry, TracerProvider.noop().get(""));
    }

    public PredictorProcess(
            String worker,
            PredictorSettings settings,
            Map<String, Object> kafka,
            ReportChannel reports,
            MeterRegistry registry,
            Tracer tracer) {
        this.shell = new WorkerShell(
                PredictorProducers.KIND, kafka, List.of(), settings.topics().replication(), registry);
        this.storage = new WorkerStorage(ArtifactStores.open(settings.artifacts()));
        this.drainLimit = settings.drain().limit();
        this.metrics = new PredictorMetrics(registry);
        this.calls = NativeCallGuard.open(settings.state().dir(), worker, clock);
        this.models = new ServedModels(
                settings.models().memory().asLongValue(),
                settings.models().preload(),
                storage.store(),
                quarantine,
                calls,
                clock,
                metrics);
        metrics.showUnusableModels(quarantine::size, () -> models.problems().size());
        this.replies = new KafkaReplySender(kafka, metrics);
        this.status = new StatusReporter(worker, models, reports, clock);
        this.deadLetters = new DeadLetterPublisher(kafka, worker);
        this.pools = new InferencePools(models, clock, metrics, settings.decode());
        this.loop = new PredictLoop(worker, kafka, pools, replies, deadLetters, metrics, tracer);
    }

    @Override
    public String kind() {
        return shell.kind();
    }

    @Override
    public void start() {
        storage.start(shell);
        shell.start(this::run);
    }

    private void run() throws InterruptedException {
        if (!reportCrashes()) {
            return;
        }
        shell.awaitCaughtUp(shell.follow(Topics.MODEL_QUARANTINE, new QuarantineTopicListener(quarantine)));
        shell.start("model-loader", models.loader()::run);
        shell.start("status", status::run);
        CompactedTopicReader activations = shell.follow(
                Topics.MODELS, new ActivationTopicListener(new ProductionModelUpdater(models, clock, metrics)));
        CompactedTopicReader versions = shell.follow(Topics.MODEL_VERSIONS, new VersionTopicListener(models));
        shell.awaitCaughtUp(activations, versions);
        shell.serving(null);
        loop.run();
    }

    /**
     * Publishes the crashes of earlier processes before any model is loaded, so that no predictor loads their models.
     */
    private boolean reportCrashes() throws InterruptedException {
        calls.crashes().forEach(quarantine::add);
        calls.localQuarantines().forEach(quarantine::addLocal);
        return shell.retry("cannot report a crash", () -> {
            status.report(calls.crashes());
            calls.markReported();
        });
    }

    @Override
    public boolean isAlive() {
        return shell.isAlive();
    }

    @Override
    public @Nullable String notReady() {
        String problem = shell.notReady();
        if (problem == null && !storage.wasReached()) {
            problem = storage.problem(); // it has no models yet
        }
        return problem != null || loop.isMember() ? problem : "is not a member of the consumer group";
    }

    /** Loaded models go on serving. */
    @Override
    public @Nullable String degraded() {
        return storage.problem();
    }

    /** Processes the current batch, leaves the consumer group, and ends. */
    @Override
    public void close() {
        loop.stop();
        shell.awaitMain(drainLimit);
        status.close();
        shell.stop();
        pools.close();
        models.close();
        shell.awaitThreads();
        calls.close();
        replies.close();
        deadLetters.close();
        storage.close();
    }
}
