package dev.trainyard.gateway.predictions;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** Starts asynchronous tasks in order and limits how many run at the same time. */
public final class ConcurrencyWindow {
    private final int count;
    private final IntFunction<CompletableFuture<?>> task;
    private final Executor executor;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger left;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    private ConcurrencyWindow(int count, IntFunction<CompletableFuture<?>> task, Executor executor) {
        this.count = count;
        this.task = task;
        this.executor = executor;
        this.left = new AtomicInteger(count);
    }

    /**
     * Runs {@code task} for 0 to {@code count - 1}.
     *
     * @param count at least 1
     * @param width largest number of tasks that run at the same time
     * @param task starts one task; called on {@code executor}
     * @return completes when all tasks have, or fails with the first failure; the other tasks continue
     */
    public static CompletableFuture<Void> run(
            int count, int width, IntFunction<CompletableFuture<?>> task, Executor executor) {
        ConcurrencyWindow window = new ConcurrencyWindow(count, task, executor);
        for (int i = 0; i < Math.min(count, width); i++) {
            executor.execute(window::work);
        }
        return window.done;
    }

    private void work() {
        while (true) {
            int index = next.getAndIncrement();
            if (index >= count) {
                return;
            }
            CompletableFuture<?> one;
            try {
                one = task.apply(index);
            } catch (RuntimeException e) {
                one = CompletableFuture.failedFuture(e);
            }
            one.whenComplete((value, failure) -> finished(failure));
            if (!one.isDone()) {
                one.whenCompleteAsync((value, failure) -> work(), executor);
                return;
            }
        }
    }

    private void finished(Throwable failure) {
        if (failure != null) {
            done.completeExceptionally(failure);
        }
        if (left.decrementAndGet() == 0) {
            done.complete(null);
        }
    }
}
