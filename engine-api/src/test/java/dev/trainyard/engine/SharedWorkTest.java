package dev.trainyard.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class SharedWorkTest {
    private static final int PARTS = 1_000;

    @Test
    void eachPartIsComputedOnce() {
        AtomicIntegerArray computed = new AtomicIntegerArray(PARTS);
        List<SharedWork.Worker<RuntimeException>> workers = Collections.nCopies(3, computed::incrementAndGet);
        SharedWork.run(PARTS, workers, taken -> {});

        for (int part = 0; part < PARTS; part++) {
            assertThat(computed.get(part)).as("part %d", part).isEqualTo(1);
        }
    }

    @Test
    void stepsAreCalledOnTheCallersThread() {
        Thread caller = Thread.currentThread();
        List<SharedWork.Worker<RuntimeException>> workers = Collections.nCopies(3, part -> {});
        SharedWork.run(
                PARTS, workers, taken -> assertThat(Thread.currentThread()).isSameAs(caller));
    }

    @Test
    void anExceptionOfAnotherThreadEndsTheWorkAndIsThrown() throws InterruptedException {
        CountDownLatch failed = new CountDownLatch(1);
        SharedWork.Worker<IOException> waiting = part -> await(failed);
        SharedWork.Worker<IOException> failing = part -> {
            failed.countDown();
            throw new IOException("damaged");
        };

        assertThatThrownBy(() -> SharedWork.run(Integer.MAX_VALUE - 8, List.of(waiting, failing), taken -> {}))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("damaged");
    }

    @Test
    void anExceptionOfAStepIsThrownWhenTheOthersHaveEnded() {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch thrown = new CountDownLatch(1);
        AtomicInteger ended = new AtomicInteger();
        AtomicBoolean returned = new AtomicBoolean();
        Thread caller = Thread.currentThread();
        SharedWork.Worker<RuntimeException> mine = part -> {};
        SharedWork.Worker<RuntimeException> other = part -> {
            started.countDown();
            await(thrown);
            while (caller.getState() != Thread.State.WAITING && !returned.get()) {
                Thread.onSpinWait();
            }
            ended.incrementAndGet();
        };

        assertThatThrownBy(() -> SharedWork.run(PARTS, List.of(mine, other), taken -> {
                    await(started);
                    thrown.countDown();
                    throw new IllegalStateException("stop");
                }))
                .hasMessage("stop");
        int endedBefore = ended.get();
        returned.set(true);
        assertThat(endedBefore).isEqualTo(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
