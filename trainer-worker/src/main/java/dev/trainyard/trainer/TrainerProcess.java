package dev.trainyard.trainer;

import dev.trainyard.message.CompactedTopicReader;
import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.StoppedPartitions;
import dev.trainyard.message.TopicInstaller;
import dev.trainyard.message.Topics;
import dev.trainyard.trainer.control.ControlCommands;
import dev.trainyard.trainer.control.ControlTopicListener;
import dev.trainyard.trainer.engine.EngineUnavailableException;
import dev.trainyard.trainer.engine.ExportGate;
import dev.trainyard.trainer.engine.TrainingEngine;
import dev.trainyard.trainer.intake.KafkaJobQueue;
import dev.trainyard.trainer.report.KafkaEventSink;
import dev.trainyard.trainer.report.MeteredEventSink;
import dev.trainyard.trainer.report.RunClock;
import dev.trainyard.trainer.run.Datasets;
import dev.trainyard.trainer.run.ImportCheck;
import dev.trainyard.trainer.run.RunContext;
import dev.trainyard.trainer.run.WorkerLoop;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One trainer with all its threads, from start to drain. Plain Java, so that a test can run two in one JVM. */
public final class TrainerProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TrainerProcess.class);
    private static final int HUNG_STATUS = 71;
    private static final int TOPICS_LIMIT_SECONDS = 10;
    private static final Duration STARTING_LIMIT = Duration.ofMillis(500);
    /** Share of the drain limit reserved for sending events; the run has the rest to stop. */
    private static final double SENDING_SHARE = 0.25;

    private final Map<String, Object> kafka;
    private final TrainingEngine engine;
    private final Duration drainLimit;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "heartbeat"));
    private final KafkaEventSink sink;
    private final DeadLetterPublisher deadLetters;
    private final CompactedTopicReader controlReader;
    private final KafkaJobQueue queue;
    private final WorkerLoop loop;
    private final Thread loopThread;
    private final Thread controlThread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean looping;
    private volatile String notReady = "is starting";

    public TrainerProcess(
            String worker,
            TrainerSettings settings,
            Map<String, Object> kafka,
            TrainingEngine engine,
            Datasets datasets,
            ExportGate gate,
            ImportCheck importCheck,
            MeterRegistry registry) {
        RunClock clock = RunClock.system();
        ControlCommands control = new ControlCommands();
        this.kafka = kafka;
        this.engine = engine;
        this.drainLimit = settings.drain().limit();
        this.sink = new KafkaEventSink(kafka, clock);
        this.deadLetters = new DeadLetterPublisher(kafka, worker);
        this.controlReader = new CompactedTopicReader(kafka, Topics.TRAIN_CONTROL, new ControlTopicListener(control));
        this.queue = new KafkaJobQueue(kafka, deadLetters, worker, control::isCancelled);
        showStopped(registry, Topics.TRAIN_JOBS, queue.stopped());
        showStopped(registry, Topics.TRAIN_CONTROL, controlReader.stopped());
        this.loop = new WorkerLoop(
                new WorkerLoop.WorkerSettings(
                        worker,
                        settings.heartbeat().interval(),
                        settings.contact().limit(),
                        settings.stop().limit()),
                queue,
                control,
                new MeteredEventSink(sink, registry),
                new RunContext(
                        engine,
                        datasets,
                        TrainerProducers.artifacts(settings),
                        gate,
                        importCheck,
                        clock,
                        settings.progress().interval()),
                timer,
                new RunMetrics(registry)::ended,
                TrainerProcess::exitHung);
        this.loopThread = daemon(this::run, "trainer");
        this.controlThread = daemon(controlReader, "control");
    }

    /** Registers the number of partitions stopped at a record of a later release. */
    private static void showStopped(MeterRegistry registry, String topic, StoppedPartitions stopped) {
        registry.gauge("trainyard.partitions.stopped", Tags.of("topic", topic), stopped, StoppedPartitions::count);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((dead, e) -> LOG.error("thread {} died", dead.getName(), e));
        return thread;
    }

    /** Ends the process, which its supervisor restarts. By then the job was assigned to another worker. */
    private static void exitHung() {
        LOG.error("a run does not react to a stop: its batch hangs, so this process ends itself");
        Runtime.getRuntime().halt(HUNG_STATUS);
    }

    public void start() {
        loopThread.start();
    }

    private void run() {
        try {
            if (!installTopics()) {
                return;
            }
            controlThread.start();
            notReady = "has not read the control topic yet";
            controlReader.awaitCaughtUp();
            notReady = engineProblem();
            looping = true;
            loop.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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

    /**
     * Checks the engine. Jobs are taken even if it is unavailable: each fails with a code that names the problem
     * instead of waiting.
     */
    private String engineProblem() {
        try {
            engine.requireReady();
            return null;
        } catch (EngineUnavailableException e) {
            LOG.error("{} cannot train: {}", engine.name(), e.getMessage());
            return "cannot train: " + e.getMessage();
        }
    }

    /** Returns true while the worker threads run. */
    public boolean isAlive() {
        return loopThread.isAlive() && (controlThread.isAlive() || !controlReader.isCaughtUp());
    }

    /** Reason why this trainer is not ready, as the rest of a sentence; null if it is ready. */
    public String notReady() {
        String problem = notReady;
        return problem == null ? controlReader.stopped().problem() : problem;
    }

    /** Jobs left for a trainer of a later release, as the rest of a sentence; null if there are none. */
    public String skippedJobs() {
        return queue.stopped().problem();
    }

    /** Drains: stops the current run at its next batch, returns its job, and sends the remaining events. */
    @Override
    public void close() {
        long end = System.nanoTime() + drainLimit.toNanos();
        closing.countDown();
        loop.drain();
        try {
            // Before the loop runs there is no job to return, and waiting for a broker would be useless.
            loopThread.join(looping ? (long) ((1 - SENDING_SHARE) * drainLimit.toMillis()) : STARTING_LIMIT.toMillis());
            controlReader.close();
            if (!sink.awaitDelivered(until(end))) {
                LOG.warn("{} events could not be delivered before the end", sink.unacknowledged());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loopThread.interrupt();
        timer.shutdownNow();
        sink.close(until(end));
        deadLetters.close(until(end));
    }

    private static Duration until(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }
}
