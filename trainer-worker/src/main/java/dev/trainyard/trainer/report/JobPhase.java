package dev.trainyard.trainer.report;

import io.opentelemetry.api.trace.Span;
import java.lang.management.ManagementFactory;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * A part of a job: in a recording of the JDK's flight recorder, and in the trace of the attempt. Costs nothing while
 * neither is recorded.
 */
@Name(JobPhase.EVENT)
@Label("Part of a training job")
@Category("Trainyard")
@StackTrace(false)
public final class JobPhase extends Event implements AutoCloseable {
    public static final String EVENT = "trainyard.JobPhase";

    /** The sending of an event. */
    public static final String EVENTS = "events";

    /** The whole job, which contains all other phases. */
    public static final String JOB = "job";

    @Label("Phase")
    @SuppressWarnings("unused") // read by the flight recorder
    private final String phase;

    @Label("Processor Time")
    @Description("Processor time of the thread in nanoseconds, with that of phases within this one")
    private long processorNanos;

    /** Of the attempt's trace; null if that is not recorded. The flight recorder ignores it. */
    private final transient @Nullable Span span;

    private JobPhase(String phase, @Nullable Span span) {
        this.phase = phase;
        this.span = span;
    }

    /** Starts a phase of the current thread, which {@link #close} ends. */
    public static JobPhase of(String phase) {
        // too many, and without a duration of interest
        Span span = phase.equals(EVENTS) || phase.equals(JOB) ? null : AttemptTrace.phase(phase);
        JobPhase started = new JobPhase(phase, span);
        if (started.isEnabled()) {
            started.processorNanos = processorTime();
            started.begin();
        }
        return started;
    }

    @Override
    public void close() {
        if (isEnabled()) {
            processorNanos = processorTime() - processorNanos;
            commit();
        }
        if (span != null) {
            span.end();
        }
    }

    private static long processorTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
