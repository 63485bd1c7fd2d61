package dev.trainyard.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Numbered parts that the calling thread and others take in order. */
public final class SharedWork {
    /** Name of the other threads. */
    public static final String THREAD = "shared-work";
    /** More would mostly wait for memory. */
    public static final int MOST_THREADS = 4;

    private final int parts;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private SharedWork(int parts) {
        this.parts = parts;
    }

    /** Computes parts, always on the same thread. */
    @FunctionalInterface
    public interface Worker<E extends Exception> {
        void compute(int part) throws E;
    }

    /** Number of workers that are worth it on this machine. */
    public static int threads() {
        return Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    }

    /**
     * Computes the parts 0 to {@code parts - 1} and returns when all threads have ended. The first exception of a worker,
     * or of {@code step}, ends the work and is thrown.
     *
     * @param workers the first works on this thread
     * @param step called on this thread after each of its parts with the number of parts taken so far
     */
    public static <E extends Exception> void run(int parts, List<? extends Worker<E>> workers, IntConsumer step)
            throws E {
        SharedWork work = new SharedWork(parts);
        List<CompletableFuture<Void>> others = new ArrayList<>();
        for (Worker<E> worker : workers.subList(1, Math.max(1, Math.min(workers.size(), parts)))) {
            others.add(CompletableFuture.runAsync(() -> work.take(worker, taken -> {}), SharedWork::start));
        }
        work.take(workers.get(0), step);
        CompletableFuture.allOf(others.toArray(CompletableFuture[]::new)).join();
        Throwable failed = work.failure.get();
        if (failed != null) {
            SharedWork.<E>rethrow(failed);
        }
    }

    private <E extends Exception> void take(Worker<E> worker, IntConsumer step) {
        try {
            for (int part = next.getAndIncrement(); part < parts; part = next.getAndIncrement()) {
                worker.compute(part);
                step.accept(Math.min(parts, next.get()));
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
            next.set(parts);
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, THREAD);
        thread.setDaemon(true);
        thread.start();
    }

    /** Workers throw nothing else than E and unchecked exceptions. */
    @SuppressWarnings("unchecked")
    private static <E extends Exception> void rethrow(Throwable failure) throws E {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (E) failure;
    }
}
