package dev.trainyard.gateway.app;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a process that spends nearly all its time on garbage collection: it no longer answers and may never recover,
 * while a supervisor can restart it. The JVM's own flag acts only when there is no memory left.
 */
final class GcOverheadWatchdog {
    /** Same status as for a process that ends by {@code -XX:+ExitOnOutOfMemoryError}. */
    static final int EXIT_CODE = 3;

    private static final Logger LOG = LoggerFactory.getLogger(GcOverheadWatchdog.class);
    private static final int SAMPLES_PER_WINDOW = 10;

    private final int mostPercent;
    private final Duration window;
    private final LongSupplier collectedMillis;
    private final Deque<Sample> samples = new ArrayDeque<>();

    /**
     * Creates a watchdog.
     *
     * @param mostPercent largest share of {@code window} that collection may take
     * @param collectedMillis total collection time since the start
     */
    GcOverheadWatchdog(int mostPercent, Duration window, LongSupplier collectedMillis) {
        this.mostPercent = mostPercent;
        this.window = window;
        this.collectedMillis = collectedMillis;
    }

    private record Sample(long atNanos, long collectedMillis) {}

    /** Total time that the collectors of this process have taken. */
    static long collectedMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .filter(millis -> millis > 0)
                .sum();
    }

    /** Starts and returns a thread that checks periodically until it is interrupted. */
    Thread start(Runnable end) {
        Thread thread = new Thread(() -> watch(end), "garbage-watchdog");
        thread.setDaemon(true);
        thread.setPriority(Thread.MAX_PRIORITY);
        thread.start();
        return thread;
    }

    private void watch(Runnable end) {
        try {
            while (!sample(System.nanoTime())) {
                Thread.sleep(Math.max(1, window.toMillis() / SAMPLES_PER_WINDOW));
            }
            end.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes a sample; returns true if collection exceeded its limit for a whole window. */
    boolean sample(long nowNanos) {
        samples.addLast(new Sample(nowNanos, collectedMillis.getAsLong()));
        while (samples.size() > 2 && second().atNanos() <= nowNanos - window.toNanos()) {
            samples.removeFirst();
        }
        Sample first = samples.getFirst();
        long passedMillis = (nowNanos - first.atNanos()) / 1_000_000;
        long collected = samples.getLast().collectedMillis() - first.collectedMillis();
        return passedMillis >= window.toMillis() && collected * 100 > passedMillis * mostPercent;
    }

    private Sample second() {
        return samples.stream().skip(1).findFirst().orElseThrow();
    }

    /** Halts without shutdown hooks, because they need memory too. */
    static void endProcess(int mostPercent, Duration window) {
        LOG.error(
                "Garbage collection took more than {} % of the last {} s; this process ends so that it is restarted",
                mostPercent, window.toSeconds());
        Runtime.getRuntime().halt(EXIT_CODE);
    }
}
