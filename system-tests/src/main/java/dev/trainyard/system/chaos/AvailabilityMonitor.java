package dev.trainyard.system.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Records when a lost job could be given to another trainer: a gateway is ready, which includes its database, and the
 * broker answers. Otherwise the measured recovery times would include restarts of the other processes.
 */
final class AvailabilityMonitor implements Runnable {
    private static final long POLL_MILLIS = 250;

    private final BooleanSupplier available;
    private final List<Downtime> outages = new ArrayList<>();
    private @Nullable Instant unavailableSince;
    private volatile boolean stopped;

    /** @param end first time at which everything answered again */
    private record Downtime(Instant start, Instant end) {
        Duration within(Instant from, Instant to) {
            Instant first = start.isAfter(from) ? start : from;
            Instant last = end.isBefore(to) ? end : to;
            return last.isAfter(first) ? Duration.between(first, last) : Duration.ZERO;
        }
    }

    /** @param available returns true if everything that a recovery needs answers */
    AvailabilityMonitor(BooleanSupplier available) {
        this.available = available;
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                Instant polledAt = Instant.now();
                record(available.getAsBoolean(), polledAt);
                Thread.sleep(POLL_MILLIS); // readiness can only be polled
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized void record(boolean ready, Instant at) {
        if (ready && unavailableSince != null) {
            outages.add(new Downtime(unavailableSince, at));
            unavailableSince = null;
        } else if (!ready && unavailableSince == null) {
            unavailableSince = at;
        }
    }

    /** Part of the interval in which everything was available. */
    synchronized Duration availableTime(Instant from, Instant to) {
        Duration all = Duration.between(from, to);
        for (Downtime outage : outages) {
            all = all.minus(outage.within(from, to));
        }
        return unavailableSince == null ? all : all.minus(new Downtime(unavailableSince, Instant.MAX).within(from, to));
    }

    void stop() {
        stopped = true;
    }
}
