package dev.trainyard.gateway.prediction.batch;

import dev.trainyard.gateway.prediction.Answer;
import dev.trainyard.gateway.prediction.Asking;
import dev.trainyard.gateway.prediction.Payload;
import dev.trainyard.gateway.prediction.PictureQuestions;
import dev.trainyard.gateway.prediction.Predictions;
import dev.trainyard.gateway.prediction.RoutedPredictions;
import dev.trainyard.gateway.prediction.Telling;
import dev.trainyard.gateway.prediction.Window;
import dev.trainyard.gateway.problem.ProblemException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/** Asks for each picture of a batch, some at a time, until all are answered or the batch's time is over. */
public final class BatchAsker {
    /** Pictures of one batch that are on their way at once. */
    static final int WIDTH = 16;
    /** Who was turned away tries again for so long, as others' requests pass by. */
    private static final Duration PATIENCE = Duration.ofMillis(1_500);

    private static final long RETRY_MILLIS = 50;

    private final RoutedPredictions predictions;
    private final Executor executor;

    public BatchAsker(RoutedPredictions predictions, Executor executor) {
        this.predictions = predictions;
        this.executor = executor;
    }

    /** Never fails: what is wrong with a picture, or comes too late, is that picture's answer. */
    CompletableFuture<BatchAnswer> ask(Pictures pictures, Asking asking, Duration limit, String instance) {
        Run run = new Run(pictures.items(), asking, System.nanoTime() + limit.toNanos(), instance);
        return Window.run(pictures.items().size(), WIDTH, run::one, executor)
                .thenApply(nothing -> BatchAnswer.of(run.named(), pictures.skipped()));
    }

    private final class Run {
        private final List<Pictures.Item> items;
        private final Asking asking;
        private final long deadline;
        private final String instance;
        private final AtomicReferenceArray<Answer> answers;
        /** Set once a picture could not be asked for in all its patience; the others then have none. */
        private volatile boolean unavailable;

        Run(List<Pictures.Item> items, Asking asking, long deadline, String instance) {
            this.items = items;
            this.asking = asking;
            this.deadline = deadline;
            this.instance = instance;
            this.answers = new AtomicReferenceArray<>(items.size());
        }

        List<BatchAnswer.Named> named() {
            return IntStream.range(0, items.size())
                    .mapToObj(i -> new BatchAnswer.Named(items.get(i).name(), answers.get(i)))
                    .toList();
        }

        CompletableFuture<?> one(int index) {
            Payload question;
            try {
                byte[] picture = remaining().isZero() ? null : items.get(index).read();
                if (picture == null) {
                    return done(index, null, new TimeoutException());
                }
                PictureQuestions.check(picture);
                question = Payload.png(picture, asking.want());
            } catch (ProblemException e) {
                return done(index, null, e);
            }
            return ask(question, System.nanoTime() + PATIENCE.toNanos())
                    .handle((reply, failure) -> done(index, reply, failure));
        }

        private CompletableFuture<RoutedPredictions.Answer> ask(Payload question, long patience) {
            Duration left = remaining();
            if (left.isZero()) {
                return CompletableFuture.failedFuture(new TimeoutException());
            }
            CompletableFuture<RoutedPredictions.Answer> reply;
            try {
                reply = predictions.ask(question, asking.wanted(), left);
            } catch (Predictions.NotAsked e) {
                reply = CompletableFuture.failedFuture(e);
            }
            return reply.exceptionallyCompose(failure -> {
                if (!(unwrap(failure) instanceof Predictions.NotAsked) || unavailable) {
                    return CompletableFuture.failedFuture(failure);
                }
                if (System.nanoTime() - patience >= 0) {
                    unavailable = true;
                    return CompletableFuture.failedFuture(failure);
                }
                Executor later = CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS, executor);
                return CompletableFuture.supplyAsync(() -> question, later).thenCompose(same -> ask(same, patience));
            });
        }

        private Duration remaining() {
            return Duration.ofNanos(Math.max(0, deadline - System.nanoTime())).truncatedTo(ChronoUnit.MILLIS);
        }

        private CompletableFuture<Void> done(int index, RoutedPredictions.Answer reply, Throwable failure) {
            answers.set(index, answer(reply, failure));
            return CompletableFuture.completedFuture(null);
        }

        private Answer answer(RoutedPredictions.Answer reply, Throwable failure) {
            if (failure == null) {
                return Answer.of(reply.reply(), new Telling(reply.alias(), asking.outliers()), instance);
            }
            Throwable problem = PictureQuestions.problem(unwrap(failure));
            if (problem instanceof ProblemException e) {
                return Answer.of(e, instance);
            }
            throw new CompletionException(problem);
        }
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
