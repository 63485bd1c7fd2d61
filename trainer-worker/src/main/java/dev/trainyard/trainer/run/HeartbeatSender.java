package dev.trainyard.trainer.run;

import dev.trainyard.message.TrainEvent.Heartbeat;
import dev.trainyard.trainer.report.EventSink;
import dev.trainyard.trainer.report.RunClock;
import dev.trainyard.trainer.report.RunEventReporter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends heartbeats while the run makes progress, so that a hung run in a live process loses its lease. Progress is a
 * finished step, or some processor time for the current one, because on a busy machine a step may take minutes. Also
 * stops a run whose events are not delivered, because its lease will expire.
 */
public final class HeartbeatSender {
    /** Processor time after which a step is considered an endless loop. */
    private static final long STEP_LIMIT_NANOS = Duration.ofSeconds(30).toNanos();

    private final RunEventReporter events;
    private final EventSink sink;
    private final StopSignal stop;
    private final RunClock clock;
    private final Duration interval;
    private final Duration contactLimit;
    /** Time for the current batch to end after a stop request. */
    private final Duration stopLimit;

    private final AtomicLong steps = new AtomicLong();
    private final LongSupplier processorNanos;
    private long stepsAtLastBeat;
    private long processorAtLastStep;
    private long processorAtLastBeat;
    private long lastBeat;
    private long lastAwake;
    private @Nullable Long stoppingSince;
    private final Runnable hung;

    /** @param processorNanos processor time used by the run's thread */
    public HeartbeatSender(
            RunEventReporter events,
            EventSink sink,
            StopSignal stop,
            RunClock clock,
            LongSupplier processorNanos,
            Duration interval,
            Duration contactLimit,
            Duration stopLimit,
            Runnable hung) {
        this.hung = hung;
        this.processorNanos = processorNanos;
        this.processorAtLastStep = processorNanos.getAsLong();
        this.processorAtLastBeat = processorAtLastStep;
        this.lastAwake = clock.nanos();
        this.events = events;
        this.sink = sink;
        this.stop = stop;
        this.clock = clock;
        this.interval = interval;
        this.contactLimit = contactLimit;
        this.stopLimit = stopLimit;
        this.lastBeat = clock.nanos();
    }

    /**
     * Stops the run if the process was frozen past the contact limit, before anything else is done under an expired
     * lease.
     */
    private synchronized void checkNotFrozen() {
        long now = clock.nanos();
        if (now - lastAwake > contactLimit.toNanos()) {
            stop.request(StopReason.CONTACT_LOST);
        }
        lastAwake = now;
    }

    /** A batch that hangs in native code cannot be stopped; only ending the process frees this worker. */
    private void checkStopping() {
        if (stoppingSince == null) {
            stoppingSince = clock.nanos();
        } else if (clock.nanos() - stoppingSince > stopLimit.toNanos()) {
            hung.run();
        }
    }

    /** Records that the run finished a step. */
    void progressed() {
        checkNotFrozen();
        steps.incrementAndGet();
    }

    /** Called by a timer several times per interval. */
    public synchronized void tick() {
        checkNotFrozen();
        if (stop.reason().isPresent()) {
            checkStopping();
            return;
        }
        if (sink.timeWithoutAcknowledgement().compareTo(contactLimit) > 0) {
            stop.request(StopReason.CONTACT_LOST);
            return;
        }
        long now = clock.nanos();
        if (now - lastBeat >= interval.toNanos() && hasProgressed()) {
            lastBeat = now;
            events.report(new Heartbeat());
        }
    }

    /** Returns true if there was progress since the last call that returned true. */
    private boolean hasProgressed() {
        long stepsNow = steps.get();
        long processorNow = processorNanos.getAsLong();
        if (stepsNow != stepsAtLastBeat) {
            stepsAtLastBeat = stepsNow;
            processorAtLastStep = processorNow;
        } else if (processorNow == processorAtLastBeat || processorNow - processorAtLastStep > STEP_LIMIT_NANOS) {
            return false;
        }
        processorAtLastBeat = processorNow;
        return true;
    }
}
