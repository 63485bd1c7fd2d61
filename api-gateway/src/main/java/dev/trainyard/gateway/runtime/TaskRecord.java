package dev.trainyard.gateway.runtime;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a task and records its outcome in the metrics and, for the first of consecutive failures, in the log. */
final class TaskRecord {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRecord.class);

    private final PeriodicTask task;
    private final Timer succeeded;
    private final Timer failed;
    private final Clock clock;
    private volatile double lastSuccess;
    private volatile boolean failing;

    TaskRecord(PeriodicTask task, MeterRegistry metrics, Clock clock) {
        this.task = task;
        // both from the start, so that a rule sees the first failure
        this.succeeded = duration(metrics, "success");
        this.failed = duration(metrics, "failure");
        this.clock = clock;
        Gauge.builder("trainyard.task.last.success", () -> lastSuccess)
                .tag("task", task.name())
                .baseUnit("seconds")
                .description("Time of the last successful run, in seconds since 1970; 0 for none")
                .register(metrics);
    }

    private Timer duration(MeterRegistry metrics, String outcome) {
        return metrics.timer("trainyard.task.duration", "task", task.name(), "outcome", outcome);
    }

    /** Runs {@code work}; returns the time to the next run. */
    Duration run(Supplier<Duration> work) {
        long start = System.nanoTime();
        Duration next = null;
        Timer outcome = failed;
        try {
            next = work.get();
            outcome = succeeded;
            lastSuccess = clock.millis() / 1000.0;
            failing = false;
        } catch (RuntimeException | Error e) { // recorded and logged; the task runs again
            if (!failing) {
                log(e);
            }
            failing = true;
        }
        outcome.record(Duration.ofNanos(System.nanoTime() - start));
        return next == null ? task.period() : next;
    }

    private void log(Throwable e) {
        if (TransientErrors.isTransient(e) || e instanceof KafkaException) {
            LOG.warn("Task {} is retried because database or broker is unavailable: {}", task.name(), e.toString());
        } else {
            LOG.error("Task {} failed and is retried", task.name(), e);
        }
    }

    boolean isFailing() {
        return failing;
    }
}
