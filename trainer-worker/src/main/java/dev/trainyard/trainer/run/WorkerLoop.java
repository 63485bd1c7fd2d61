package dev.trainyard.trainer.run;

import dev.trainyard.message.RetryDelay;
import dev.trainyard.message.TrainJob;
import dev.trainyard.trainer.control.ControlCommands;
import dev.trainyard.trainer.intake.KafkaJobQueue;
import dev.trainyard.trainer.report.AttemptTrace;
import dev.trainyard.trainer.report.EventSink;
import dev.trainyard.trainer.report.RunEventReporter;
import dev.trainyard.trainer.runtime.TrainerSettings;
import io.opentelemetry.api.trace.Tracer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Main loop of a trainer: takes a job, runs it, and takes the next, until {@link #drain}. */
public final class WorkerLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerLoop.class);
    private static final Duration CLAIM_LIMIT = Duration.ofSeconds(30);
    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);
    /** How often a trainer looks whether a store that was away is back. */
    private static final Duration STORAGE_LOOK = Duration.ofSeconds(1);

    private static final long TICK_MILLIS = 250;

    private final String worker;
    private final TrainerSettings settings;
    private final KafkaJobQueue queue;
    private final ControlCommands control;
    private final EventSink sink;
    private final RunContext context;
    private final ScheduledExecutorService timer;
    private final Consumer<RunOutcome> outcomes;
    private final Runnable hung;
    private final StorageGate storage;
    private final Tracer tracer;
    private final CountDownLatch draining = new CountDownLatch(1);
    private volatile @Nullable ClaimedJob current;

    public WorkerLoop(
            String worker,
            TrainerSettings settings,
            KafkaJobQueue queue,
            ControlCommands control,
            EventSink sink,
            RunContext context,
            ScheduledExecutorService timer,
            Consumer<RunOutcome> outcomes,
            Tracer tracer,
            Runnable hung,
            StorageGate storage) {
        this.storage = storage;
        this.tracer = tracer;
        this.hung = hung;
        this.worker = worker;
        this.settings = settings;
        this.queue = queue;
        this.control = control;
        this.sink = sink;
        this.context = context;
        this.timer = timer;
        this.outcomes = outcomes;
    }

    @Override
    public void run() {
        RetryDelay retry = new RetryDelay(FIRST_RETRY, LAST_RETRY);
        try {
            while (awaitStorage()) {
                try {
                    boolean claimed = queue.take(this::claim);
                    retry.reset();
                    if (claimed) {
                        runCurrent(Objects.requireNonNull(current));
                    }
                } catch (KafkaException e) {
                    LOG.warn("no job could be taken, retrying in {}: {}", retry.next(), e.toString());
                    retry.await(draining);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LOG.info("takes no more jobs");
    }

    /** Returns false if this trainer is to stop. */
    private boolean awaitStorage() throws InterruptedException {
        String problem = storage.problem();
        if (problem != null) {
            LOG.warn("takes no jobs, because {}", problem);
            while (storage.problem() != null && !draining.await(STORAGE_LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("waits for the artifact store");
            }
        }
        return draining.getCount() > 0;
    }

    private Optional<ClaimedJob> claim(TrainJob job) throws InterruptedException {
        if (control.isCancelled(job.key(), job.attempt())) {
            LOG.info("job {} attempt {} was cancelled before it started", job.key(), job.attempt());
            return Optional.empty();
        }
        RunEventReporter events = new RunEventReporter(job, UUID.randomUUID(), worker, sink, context.clock());
        ClaimedJob claimed = new ClaimedJob(job, events, control, AttemptTrace.start(tracer, job));
        try {
            claimed.claim().toCompletableFuture().get(CLAIM_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            claimed.release();
            throw new KafkaException("the claim of job " + job.key() + " did not get through", e);
        }
        current = claimed;
        if (draining.getCount() == 0) {
            claimed.stop().request(StopReason.DRAINING);
        }
        return Optional.of(claimed);
    }

    private void runCurrent(ClaimedJob claimed) throws InterruptedException {
        RunOutcome outcome = claimed.trace().within(() -> run(claimed));
        outcomes.accept(outcome);
        if (outcome.equals(new RunOutcome.Stopped(StopReason.STORAGE_LOST))) {
            storage.check();
        }
        // a drain waits for the last events itself, with a shorter limit
        if (draining.getCount() > 0 && !sink.awaitDelivered(settings.contact().limit())) {
            LOG.warn(
                    "{} events are still waiting for the broker; they are sent when it is available",
                    sink.unacknowledged());
        }
    }

    private RunOutcome run(ClaimedJob claimed) {
        TrainJob job = claimed.job();
        LOG.info(
                "runs job {} attempt {}: {} for {} epochs",
                job.key(),
                job.attempt(),
                job.config().network(),
                job.config().trainArgs().epochs());
        HeartbeatSender heartbeat = new HeartbeatSender(
                claimed.events(),
                sink,
                claimed.stop(),
                context.clock(),
                processorTimeOfCurrentThread(),
                settings.heartbeat().interval(),
                settings.contact().limit(),
                settings.stop().limit(),
                hung);
        ScheduledFuture<?> timerTask =
                timer.scheduleWithFixedDelay(heartbeat::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        RunOutcome outcome;
        try {
            outcome = new TrainingRun(context, job, claimed.events(), claimed.stop(), heartbeat).run();
        } finally {
            timerTask.cancel(false);
            control.unwatch();
            current = null;
        }
        LOG.info("job {} attempt {} ended: {}", job.key(), job.attempt(), outcome);
        claimed.trace().end(outcome.name(), outcome instanceof RunOutcome.Failed);
        return outcome;
    }

    /** Processor time of the calling thread in nanoseconds; 0 if the JVM does not support it. */
    private static LongSupplier processorTimeOfCurrentThread() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        if (!threads.isThreadCpuTimeSupported()) {
            return () -> 0;
        }
        long id = Thread.currentThread().getId();
        return () -> threads.getThreadCpuTime(id);
    }

    /** Takes no more jobs and stops the current one at its next batch; {@link #run} returns soon after. */
    public void drain() {
        draining.countDown();
        queue.wakeup();
        ClaimedJob claimed = current;
        if (claimed != null) {
            claimed.stop().request(StopReason.DRAINING);
        }
    }
}
