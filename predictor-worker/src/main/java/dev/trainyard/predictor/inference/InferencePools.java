package dev.trainyard.predictor.inference;

import dev.trainyard.image.PngFile;
import dev.trainyard.message.PredictReply.Outcome;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.message.RequestedOutput;
import dev.trainyard.predictor.models.ServedModels;
import dev.trainyard.predictor.request.PredictRequest;
import dev.trainyard.predictor.runtime.PredictorMetrics;
import dev.trainyard.predictor.runtime.PredictorSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Distributes requests by cost: small images are processed as one batch by the calling thread; larger images and
 * explanations by a bounded pool; huge images, which take hundreds of milliseconds and a hundred megabytes, by a
 * single thread, so that they do not delay other requests. Requests that wait for a model return when it is loaded;
 * background requests are processed last.
 */
public final class InferencePools implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InferencePools.class);
    /** Images up to this {@link PngFile#work} are small and decoded in 0.5 ms. A 28×28 PNG has 1,000 to 8,000. */
    static final long SMALL = 24 * 1024;
    /** Images from this {@link PngFile#work} on are huge. Decoding takes a few times as much memory. */
    static final long HUGE = 4 * 1024 * 1024;
    /** Limit for the bytes of images waiting for the slow pools. */
    private static final long WAITING_BYTES = 64L * 1024 * 1024;

    private static final Outcome OVERLOADED = new Unavailable(
            Reason.OVERLOADED, "Too many large images are waiting at this predictor. Send smaller ones, or try again.");

    private final BatchInference quick;
    private final ThreadLocal<BatchInference> slow;
    private final DeferredReplies quickDeferred;
    private final DeferredReplies background;
    private final SlowPool large;
    private final SlowPool huge;
    private final ExecutorService backgroundThread;
    private final Duration limit;
    private final PredictorMetrics metrics;
    private final AtomicLong waitingBytes = new AtomicLong();

    public InferencePools(
            ServedModels models, Clock clock, PredictorMetrics metrics, PredictorSettings.Decode settings) {
        this.limit = settings.limit();
        this.metrics = metrics;
        this.quick = new BatchInference(models, clock, metrics, BatchInference.MAX_RUN, limit);
        this.slow = ThreadLocal.withInitial(() -> new BatchInference(models, clock, metrics, 1, limit));
        this.backgroundThread = Executors.newSingleThreadExecutor(task -> daemon(task, "background"));
        BatchInference loaded = new BatchInference(models, clock, metrics, BatchInference.MAX_RUN, limit);
        BatchInference backgroundInference = new BatchInference(models, clock, metrics, BatchInference.MAX_RUN, limit);
        this.quickDeferred = new DeferredReplies(loaded::answer, models.loadingThread(), clock, metrics);
        Executor fallback = models.loadingThread();
        this.large = slowPool("decode-", settings.threads().orElse(threads()), settings.waiting(), fallback, clock);
        this.huge = slowPool("decode-huge-", 1, settings.waiting(), fallback, clock);
        this.background = new DeferredReplies(backgroundInference::answer, backgroundThread, clock, metrics);
    }

    private record SlowPool(ThreadPoolExecutor executor, DeferredReplies deferred) {}

    /** Limited by the spare processors and by a quarter of the heap for decoded images. */
    private static int threads() {
        long room = Runtime.getRuntime().maxMemory() / 4 / (4 * HUGE);
        return (int) Math.max(2, Math.min(Runtime.getRuntime().availableProcessors() - 1L, room));
    }

    private SlowPool slowPool(String name, int threads, int waiting, Executor fallback, Clock clock) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(waiting),
                task -> daemon(task, name + number.incrementAndGet()));
        DeferredReplies deferred = new DeferredReplies(
                (requests, replies, again) -> slow.get().answer(requests, replies, again),
                task -> executeIn(pool, task, fallback),
                clock,
                metrics);
        return new SlowPool(pool, deferred);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Runs a deferred task; a full pool does not reject it because it has already waited for its model. */
    private static void executeIn(ThreadPoolExecutor pool, Runnable task, Executor fallback) {
        try {
            pool.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("the pool for slow requests is full", e);
            fallback.execute(task);
        }
    }

    /**
     * Processes small images before it returns and the others later in other threads, including those whose model must
     * be loaded first.
     *
     * @param pending called for each deferred request; the returned task runs when its reply was passed on
     */
    public void answer(
            List<PredictRequest> requests, BiConsumer<PredictRequest, Outcome> replies, Supplier<Runnable> pending) {
        List<PredictRequest> small = new ArrayList<>(requests.size());
        for (PredictRequest request : requests) {
            long work = request.encoding() == PredictRequest.Encoding.FLOAT32 ? 0 : PngFile.work(request.png());
            if (work <= SMALL && request.output() != RequestedOutput.EXPLANATION) {
                small.add(request);
            } else {
                answerLater(request, work >= HUGE ? huge : large, replies, pending);
            }
        }
        quick.answer(small, replies, (waiting, settled) -> quickDeferred.defer(waiting, settled, replies, pending));
    }

    /** Processes background requests after all others. */
    public void answerInBackground(List<PredictRequest> requests, BiConsumer<PredictRequest, Outcome> replies) {
        if (!requests.isEmpty()) {
            background.defer(requests, CompletableFuture.completedFuture(null), replies, () -> () -> {});
        }
    }

    private void answerLater(
            PredictRequest request,
            SlowPool pool,
            BiConsumer<PredictRequest, Outcome> replies,
            Supplier<Runnable> pending) {
        Runnable done = pending.get();
        int bytes = request.png().length;
        Runnable settled = () -> {
            waitingBytes.addAndGet(-bytes);
            done.run();
        };
        boolean room = waitingBytes.addAndGet(bytes) <= WAITING_BYTES;
        try {
            if (room) {
                pool.executor.execute(() -> answerAlone(request, pool.deferred, replies, pending, settled));
                return;
            }
        } catch (RejectedExecutionException e) {
            LOG.debug("the pool for slow requests is full", e);
        }
        metrics.unavailable();
        replies.accept(request, OVERLOADED);
        settled.run();
    }

    private void answerAlone(
            PredictRequest request,
            DeferredReplies deferred,
            BiConsumer<PredictRequest, Outcome> replies,
            Supplier<Runnable> pending,
            Runnable settled) {
        try {
            slow.get()
                    .answer(
                            List.of(request),
                            replies,
                            (waiting, loaded) -> deferred.defer(waiting, loaded, replies, pending));
        } catch (RuntimeException e) {
            LOG.error("request {} got no reply", request.id(), e);
        } finally {
            settled.run();
        }
    }

    /** Stops accepting requests and processes those waiting in the slow pools, within the time limit of one image. */
    public void drain() throws InterruptedException {
        large.executor.shutdown();
        huge.executor.shutdown();
        long end = System.nanoTime() + limit.toNanos();
        boolean drained = large.executor.awaitTermination(limit.toNanos(), TimeUnit.NANOSECONDS)
                & huge.executor.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (!drained) {
            LOG.warn(
                    "{} large images are left to other predictors",
                    large.executor.getQueue().size() + huge.executor.getQueue().size());
        }
    }

    @Override
    public void close() {
        backgroundThread.shutdownNow();
        large.executor.shutdownNow();
        huge.executor.shutdownNow();
    }
}
