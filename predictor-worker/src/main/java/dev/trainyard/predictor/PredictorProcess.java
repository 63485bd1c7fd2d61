package dev.trainyard.predictor;

import dev.trainyard.artifact.FileArtifactStore;
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
import dev.trainyard.worker.Worker;
import dev.trainyard.worker.WorkerShell;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One predictor with all its threads, from start to drain. Plain Java, so that a test can run two in one JVM. */
public final class PredictorProcess implements Worker {
    private final WorkerShell shell;
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

    public PredictorProcess(
            String worker,
            PredictorSettings settings,
            Map<String, Object> kafka,
            ReportChannel reports,
            MeterRegistry registry) {
        this.shell = new WorkerShell(PredictorProducers.KIND, kafka, registry);
        this.drainLimit = settings.drain().limit();
        this.metrics = new PredictorMetrics(registry);
        this.calls = NativeCallGuard.open(settings.state().dir(), worker, clock);
        this.models = new ServedModels(
                settings.models().memory().asLongValue(),
                settings.models().preload(),
                new FileArtifactStore(settings.artifacts().dir()),
                quarantine,
                calls,
                clock,
                metrics);
        metrics.showTrouble(quarantine::size, () -> models.problems().size());
        this.replies = new KafkaReplySender(kafka, metrics);
        this.status = new StatusReporter(worker, models, reports, clock);
        this.deadLetters = new DeadLetterPublisher(kafka, worker);
        this.pools = new InferencePools(models, clock, metrics, settings.decode());
        this.loop = new PredictLoop(worker, kafka, pools, replies, deadLetters, metrics);
    }

    @Override
    public String kind() {
        return shell.kind();
    }

    @Override
    public void start() {
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
        return problem != null || loop.isMember() ? problem : "is not a member of the consumer group";
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
    }
}
