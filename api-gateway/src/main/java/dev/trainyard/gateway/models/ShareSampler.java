package dev.trainyard.gateway.models;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Picks a share of many requests, evenly: multiples of an irrational number fill the interval from 0 to 1 without gaps or
 * heaps, so of any thousand requests a share of 0.1 is a hundred, give or take a few.
 */
final class ShareSampler {
    static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
    static final double SILVER = Math.sqrt(2) - 1;

    private final double step;
    private final AtomicLong count = new AtomicLong();

    /** @param step irrational; two pickers with different ones pick independently */
    ShareSampler(double step) {
        this.step = step;
    }

    /** Whether the next request belongs to {@code share}, from 0 for none to 1 for all. */
    boolean next(double share) {
        // 40 bits of the count leave enough of the fraction exact
        double at = (count.getAndIncrement() & 0xff_ffff_ffffL) * step;
        return at - Math.floor(at) < share;
    }
}
