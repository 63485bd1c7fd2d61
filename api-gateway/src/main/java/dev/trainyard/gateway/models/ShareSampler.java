package dev.trainyard.gateway.models;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Samples an exact share of the requests. The fractional parts of multiples of an irrational number are evenly
 * distributed, so that a share of 0.1 is about 100 of any 1,000 consecutive requests.
 */
final class ShareSampler {
    static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
    static final double SILVER = Math.sqrt(2) - 1;

    private final double step;
    private final AtomicLong count = new AtomicLong();

    /** @param step irrational; samplers with different steps are independent */
    ShareSampler(double step) {
        this.step = step;
    }

    /** Returns true if the next request is in {@code share}, from 0 for none to 1 for all. */
    boolean next(double share) {
        // 40 bits of the count leave enough bits for the fraction
        double at = (count.getAndIncrement() & 0xff_ffff_ffffL) * step;
        return at - Math.floor(at) < share;
    }
}
