package dev.trainyard.trainer;

import dev.trainyard.engine.EngineUnavailableException;
import dev.trainyard.engine.ExportGate;
import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainerStatus;
import dev.trainyard.message.Versioned;
import dev.trainyard.storage.ArtifactStores;
import dev.trainyard.trainer.control.ControlCommands;
import dev.trainyard.trainer.control.ControlTopicListener;
import dev.trainyard.trainer.device.DeviceChoice;
import dev.trainyard.trainer.device.DeviceUnavailableException;
import dev.trainyard.trainer.device.TrainerDevices;
import dev.trainyard.trainer.intake.KafkaJobQueue;
import dev.trainyard.trainer.report.KafkaEventSink;
import dev.trainyard.trainer.report.MeteredEventSink;
import dev.trainyard.trainer.report.RunClock;
import dev.trainyard.trainer.report.TrainerStatusReporter;
import dev.trainyard.trainer.run.Datasets;
import dev.trainyard.trainer.run.Engines;
import dev.trainyard.trainer.run.ImportCheck;
import dev.trainyard.trainer.run.RunContext;
import dev.trainyard.trainer.run.StorageGate;
import dev.trainyard.trainer.run.WorkerLoop;
import dev.trainyard.trainer.runtime.TrainerSettings;
import dev.trainyard.worker.Worker;
import dev.trainyard.worker.WorkerShell;
import dev.trainyard.worker.WorkerStorage;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One trainer with all its threads, from start to drain. Plain Java, so that a test can run two in one JVM. */
public final class TrainerProcess implements Worker {
    private static final Logger LOG = LoggerFactory.getLogger(TrainerProcess.class);
    private static final int HUNG_STATUS = 71;
    /** Share of the drain limit reserved for sending events; the run has the rest to stop. */
    private static final double SENDING_SHARE = 0.25;

    private final WorkerShell shell;
    private final WorkerStorage storage;
    private final List<String> pools;
    private final Engines engines;
    private final Datasets datasets;
    private final Duration drainLimit;
    private final ControlCommands control = new ControlCommands();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(task -> WorkerShell.daemon("heartbeat", task));
    private final KafkaEventSink sink;
    private final DeadLetterPublisher deadLetters;
    private final KafkaJobQueue queue;
    private final WorkerLoop loop;
    private final TrainerDevices devices;
    private final TrainerStatusReporter reporter;
    private volatile @Nullable DeviceChoice device;

    /** A trainer that traces nothing. */
    public TrainerProcess(
            String worker,
            TrainerSettings settings,
            Map<String, Object> kafka,
            Engines engines,
            Datasets datasets,
            ExportGate gate,
            ImportCheck importCheck,
            MeterRegistry registry) {
        this(
                worker,
                settings,
                kafka,
                engines,
                datasets,
                gate,
                importCheck,
                registry,
                TracerProvider.noop().get(""));
    }

    public TrainerProcess(
            String worker,
            TrainerSettings settings,
            Map<String, Object> kafka,
            Engines engines,
            Datasets datasets,
            ExportGate gate,
            ImportCheck importCheck,
            MeterRegistry registry,
            Tracer tracer) {
        RunClock clock = RunClock.system();
        this.pools = settings.pools().stream().distinct().toList();
        List<String> topics = pools.stream().map(Topics::jobs).toList();
        this.shell = new WorkerShell(
                TrainerProducers.KIND, kafka, topics, settings.topics().replication(), registry);
        this.storage = new WorkerStorage(ArtifactStores.open(settings.artifacts()));
        this.engines = engines;
        this.datasets = datasets;
        this.devices = new TrainerDevices(settings.device(), engines);
        this.reporter = new TrainerStatusReporter(kafka, () -> status(worker));
        this.drainLimit = settings.drain().limit();
        this.sink = new KafkaEventSink(kafka, clock);
        this.deadLetters = new DeadLetterPublisher(kafka, worker);
        this.queue = new KafkaJobQueue(kafka, topics, deadLetters, worker, control::isCancelled);
        shell.showStopped(Topics.TRAIN_JOBS, queue.stopped());
        this.loop = new WorkerLoop(
                worker,
                settings,
                queue,
                control,
                new MeteredEventSink(sink, registry),
                new RunContext(
                        engines,
                        datasets,
                        TrainerProducers.artifacts(settings, storage.store()),
                        gate,
                        importCheck,
                        clock,
                        settings.progress().interval()),
                timer,
                new RunMetrics(registry)::ended,
                tracer,
                TrainerProcess::exitHung,
                new StorageGate() {
                    @Override
                    public @Nullable String problem() {
                        return storage.problem();
                    }

                    @Override
                    public void check() {
                        storage.check();
                    }
                });
    }

    /** Ends the process, which its supervisor restarts. By then the job was assigned to another worker. */
    private static void exitHung() {
        LOG.error("a run does not react to a stop: its batch hangs, so this process ends itself");
        Runtime.getRuntime().halt(HUNG_STATUS);
    }

    @Override
    public String kind() {
        return shell.kind();
    }

    /** @throws DeviceUnavailableException if the settings require a GPU that cannot be used */
    @Override
    public void start() {
        try {
            device = devices.select();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the GPUs were read", e);
        }
        storage.start(shell);
        shell.start(this::run);
    }

    private TrainerStatus status(String worker) throws InterruptedException {
        DeviceChoice choice = devices.current(Objects.requireNonNull(device));
        return new TrainerStatus(
                Versioned.CURRENT,
                worker,
                choice.device().toString(),
                choice.gpus(),
                choice.problem(),
                Instant.now(),
                pools);
    }

    private void run() throws InterruptedException {
        shell.start("trainer-status", reporter::run);
        shell.awaitCaughtUp(shell.follow(Topics.TRAIN_CONTROL, new ControlTopicListener(control)));
        if (shell.retry("has no datasets yet", this::prepareDatasets)) {
            shell.serving(engineProblem());
            loop.run();
        }
    }

    private void prepareDatasets() {
        try {
            datasets.prepare();
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /**
     * Checks the engines. Jobs are taken even if none is available: each fails with a code that names the problem
     * instead of waiting.
     */
    private @Nullable String engineProblem() {
        try {
            engines.requireReady();
            return null;
        } catch (EngineUnavailableException e) {
            LOG.error("cannot train: {}", e.getMessage());
            return "cannot train: " + e.getMessage();
        }
    }

    @Override
    public boolean isAlive() {
        return shell.isAlive();
    }

    @Override
    public @Nullable String notReady() {
        String problem = shell.notReady();
        return problem != null ? problem : storage.problem();
    }

    @Override
    public @Nullable String skipped() {
        return queue.stopped().problem();
    }

    /** Stops the current run at its next batch, returns its job, and sends the remaining events. */
    @Override
    public void close() {
        long end = System.nanoTime() + drainLimit.toNanos();
        reporter.close();
        loop.drain();
        shell.awaitMain(Duration.ofMillis((long) ((1 - SENDING_SHARE) * drainLimit.toMillis())));
        try {
            if (!sink.awaitDelivered(until(end))) {
                LOG.warn("{} events could not be delivered before the end", sink.unacknowledged());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        shell.stop();
        timer.shutdownNow();
        sink.close(until(end));
        deadLetters.close(until(end));
        storage.close();
    }

    private static Duration until(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }
}
