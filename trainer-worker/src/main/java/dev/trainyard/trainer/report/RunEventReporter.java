package dev.trainyard.trainer.report;

import dev.trainyard.job.FailureCode;
import dev.trainyard.message.SendErrors;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainEvent.Fact;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Reports the events of one attempt under one token, numbered without gaps. After a terminal event or {@link
 * #stopReporting} nothing more is sent. Used by the threads of the run and of the heartbeats.
 */
public final class RunEventReporter {
    /** Above this number of unacknowledged events, repeatable ones are skipped to bound memory. */
    static final int BACKLOG_LIMIT = 16;

    private final TrainJob job;
    private final UUID token;
    private final String worker;
    private final EventSink sink;
    private final RunClock clock;
    private long nextSequence;
    private boolean ended;
    /** True if the run was reported as failed because Kafka refused one of its events. */
    private boolean failed;

    public RunEventReporter(TrainJob job, UUID token, String worker, EventSink sink, RunClock clock) {
        this.job = job;
        this.token = token;
        this.worker = worker;
        this.sink = sink;
        this.clock = clock;
    }

    public UUID token() {
        return token;
    }

    /** Sends {@code fact} unless this run has ended; the stage completes when the broker has it. */
    public synchronized CompletionStage<Void> report(Fact fact) {
        if (ended || isRepeatable(fact) && sink.unacknowledged() >= BACKLOG_LIMIT) {
            return CompletableFuture.completedFuture(null);
        }
        ended = isTerminal(fact);
        CompletionStage<Void> sent = send(fact);
        if (fact instanceof TrainEvent.EpochEnded || fact instanceof TrainEvent.Succeeded) {
            sent.whenComplete((done, refusal) -> {
                if (refusal != null && SendErrors.isRecordError(refusal)) {
                    reportRefusal(fact, refusal);
                }
            });
        }
        return sent;
    }

    private CompletionStage<Void> send(Fact fact) {
        return sink.send(new TrainEvent(
                Versioned.CURRENT, job.key(), job.attempt(), token, nextSequence++, worker, clock.now(), fact));
    }

    /**
     * Reports the run as failed when a result cannot be sent, so that the gateway need not wait for the lease to
     * expire.
     */
    private synchronized void reportRefusal(Fact fact, Throwable refusal) {
        if (!failed) {
            failed = true;
            ended = true;
            String what = fact instanceof TrainEvent.Succeeded ? "result" : "epoch";
            send(new TrainEvent.Failed(
                    FailureCode.INTERNAL_ERROR,
                    "Kafka refused the event that reports the run's %s: %s"
                            .formatted(what, SendErrors.reason(refusal))));
        }
    }

    /** Sends nothing any more, because another attempt owns the job. */
    public synchronized void stopReporting() {
        ended = true;
    }

    private static boolean isRepeatable(Fact fact) {
        return fact instanceof TrainEvent.Heartbeat || fact instanceof TrainEvent.Progress;
    }

    private static boolean isTerminal(Fact fact) {
        return fact instanceof TrainEvent.Succeeded
                || fact instanceof TrainEvent.Failed
                || fact instanceof TrainEvent.Released;
    }
}
