package dev.trainyard.trainer.report;

import dev.trainyard.message.TrainEvent;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Where events of runs go: in the order sent, each kept until it is acknowledged or this process ends. */
public interface EventSink {

    /** Sends without waiting; the stage completes when every in-sync replica has the event. */
    CompletionStage<Void> send(TrainEvent event);

    /** Events sent and not acknowledged yet. */
    int unacknowledged();

    /** How long events have been waiting with none acknowledged; zero when none waits. */
    Duration timeWithoutAcknowledgement();

    /** Waits until nothing is unacknowledged; false if {@code limit} passed first. */
    boolean awaitDelivered(Duration limit) throws InterruptedException;
}
