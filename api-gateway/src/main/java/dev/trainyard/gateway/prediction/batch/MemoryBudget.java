package dev.trainyard.gateway.prediction.batch;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Room that all batches of this gateway share; a batch waits its turn rather than take what others need. */
final class MemoryBudget {
    private static final int UNIT = 1024;

    private final Semaphore units;

    MemoryBudget(long bytes) {
        this.units = new Semaphore((int) (bytes / UNIT), true);
    }

    /** Some of it, to be closed once. */
    final class Share implements AutoCloseable {
        private final AtomicInteger held;

        private Share(int held) {
            this.held = new AtomicInteger(held);
        }

        /** Takes more if that is free now, up to {@code bytes} in all; false, and as much as before, if not. */
        boolean growTo(long bytes) {
            int more = units(bytes) - held.get();
            if (more > 0 && !units.tryAcquire(more)) {
                return false;
            }
            held.addAndGet(Math.max(0, more));
            return true;
        }

        /** Gives back what is not needed after all. */
        void shrinkTo(long bytes) {
            int wanted = units(bytes);
            int before = held.getAndUpdate(now -> Math.min(now, wanted));
            units.release(Math.max(0, before - wanted));
        }

        @Override
        public void close() {
            units.release(held.getAndSet(0));
        }
    }

    /** Nothing of it yet. */
    Share none() {
        return new Share(0);
    }

    /** Empty if so much is not free within {@code limit}. */
    Optional<Share> take(long bytes, Duration limit) throws InterruptedException {
        int wanted = units(bytes);
        return units.tryAcquire(wanted, limit.toMillis(), TimeUnit.MILLISECONDS)
                ? Optional.of(new Share(wanted))
                : Optional.empty();
    }

    private static int units(long bytes) {
        return (int) ((bytes + UNIT - 1) / UNIT);
    }
}
