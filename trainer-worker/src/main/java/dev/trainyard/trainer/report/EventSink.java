package dev.trainyard.trainer.report;

import dev.trainyard.message.TrainEvent;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Sink for events of runs. Keeps the order; an event is retained until it is acknowledged or the process ends. */
public interface EventSink {

    /** Sends asynchronously; the stage completes when all in-sync replicas have the event. */
    CompletionStage<Void> send(TrainEvent event);

    /** Number of unacknowledged events. */
    int unacknowledged();

    /** Time since the last acknowledgement while events are pending; zero if none is pending. */
    Duration timeWithoutAcknowledgement();

    /** Waits until all events are acknowledged; false after {@code limit}. */
    boolean awaitDelivered(Duration limit) throws InterruptedException;
}
