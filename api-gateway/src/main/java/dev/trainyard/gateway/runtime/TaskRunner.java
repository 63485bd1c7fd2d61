package dev.trainyard.gateway.runtime;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs one task on the pool, never twice at the same time. */
final class TaskRunner {
    /** Tasks with a period of whole seconds run at the same time, so that an idle gateway wakes up less often. */
    private static final long GRID_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PeriodicTask task;
    private final ScheduledExecutorService pool;
    private final Supplier<Duration> work;
    private @Nullable ScheduledFuture<?> next;
    private boolean paused = true;
    private boolean running;
    private boolean woken;
    private long startedAt;

    /** @param work runs {@code task} once and throws nothing */
    TaskRunner(PeriodicTask task, ScheduledExecutorService pool, Supplier<Duration> work) {
        this.task = task;
        this.pool = pool;
        this.work = work;
        this.startedAt = System.nanoTime() - task.minPause().toNanos();
    }

    /** Starts or resumes the task with an immediate run. */
    synchronized void resume() {
        paused = false;
        wake();
    }

    /** Runs the task as soon as the pause between two runs allows. */
    synchronized void wake() {
        if (running) {
            woken = true;
        } else if (!paused) {
            schedule(untilAllowed());
        }
    }

    /** Returns once a run in progress has ended or {@code limit} has passed; returns false in the latter case. */
    synchronized boolean pause(Duration limit) throws InterruptedException {
        paused = true;
        if (next != null) {
            next.cancel(false);
            next = null;
        }
        long end = System.nanoTime() + limit.toNanos();
        while (running) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    private void run() {
        synchronized (this) {
            if (paused || running) {
                return;
            }
            next = null;
            running = true;
            woken = false;
            startedAt = System.nanoTime();
        }
        Duration delay = work.get();
        synchronized (this) {
            running = false;
            notifyAll();
            if (!paused) {
                schedule(woken ? untilAllowed() : Math.max(untilAllowed(), onGrid(delay.toNanos(), System.nanoTime())));
            }
        }
    }

    /** Returns {@code delay}, if it is whole seconds, changed by half a second at most. */
    static long onGrid(long delay, long now) {
        if (delay % GRID_NANOS != 0 || delay == 0) {
            return delay;
        }
        long late = Math.floorMod(now + delay, GRID_NANOS);
        return delay - late + (late < GRID_NANOS / 2 ? 0 : GRID_NANOS);
    }

    private long untilAllowed() {
        return Math.max(0, startedAt + task.minPause().toNanos() - System.nanoTime());
    }

    /** Replaces the next run unless that is sooner. */
    private void schedule(long nanos) {
        if (next != null) {
            if (next.getDelay(TimeUnit.NANOSECONDS) <= nanos) {
                return;
            }
            next.cancel(false);
        }
        next = pool.schedule(this::run, nanos, TimeUnit.NANOSECONDS);
    }
}
