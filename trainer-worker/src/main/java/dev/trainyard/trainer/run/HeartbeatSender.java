package dev.trainyard.trainer.run;

import dev.trainyard.message.TrainEvent.Heartbeat;
import dev.trainyard.trainer.report.EventSink;
import dev.trainyard.trainer.report.RunClock;
import dev.trainyard.trainer.report.RunEventReporter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Sends a run's heartbeats, but only while the run makes progress: a hung iteration in a live process loses its lease.
 * Progress is a finished step, or some processor time for the current one: on a busy machine a step may take minutes.
 * Also stops a run whose events no longer get through, since its lease is running out unseen.
 */
public final class HeartbeatSender {
    /** Processor time that one step may take until it counts as an endless loop. */
    private static final long STEP_LIMIT_NANOS = Duration.ofSeconds(30).toNanos();

    private final RunEventReporter events;
    private final EventSink sink;
    private final StopSignal stop;
    private final RunClock clock;
    private final Duration interval;
    private final Duration contactLimit;
    /** For the batch in hand to end after a request to stop. */
    private final Duration stopLimit;

    private final AtomicLong steps = new AtomicLong();
    private final LongSupplier processorNanos;
    private long stepsAtLastBeat;
    private long processorAtLastStep;
    private long processorAtLastBeat;
    private long lastBeat;
    private long lastAwake;
    private Long stoppingSince;
    private final Runnable hung;

    /** @param processorNanos that the thread of the run has used so far */
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

    /** A process that was frozen past the limit must take its lease for lost before it does anything else. */
    private synchronized void checkNotFrozen() {
        long now = clock.nanos();
        if (now - lastAwake > contactLimit.toNanos()) {
            stop.request(StopReason.CONTACT_LOST);
        }
        lastAwake = now;
    }

    /** A batch that hangs in native code heeds no request; only the end of the process frees this worker. */
    private void checkStopping() {
        if (stoppingSince == null) {
            stoppingSince = clock.nanos();
        } else if (clock.nanos() - stoppingSince > stopLimit.toNanos()) {
            hung.run();
        }
    }

    /** The run advanced. */
    void progressed() {
        checkNotFrozen();
        steps.incrementAndGet();
    }

    /** Called by a timer, several times an interval. */
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

    /** Whether there was progress since the last call that returned true. */
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
