package dev.trainyard.trainer.report;

import dev.trainyard.message.TrainEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Keeps events in memory and acknowledges them immediately by default. */
public final class RecordingSink implements EventSink {
    public final List<TrainEvent> events = new ArrayList<>();
    public int backlog;
    public Duration silence = Duration.ZERO;

    @Override
    public synchronized CompletionStage<Void> send(TrainEvent event) {
        events.add(event);
        return CompletableFuture.completedFuture(null);
    }

    /** Kinds of all events in order, such as {@code Claimed}. */
    public synchronized List<String> kinds() {
        return events.stream()
                .map(event -> event.fact().getClass().getSimpleName())
                .toList();
    }

    public synchronized <F extends TrainEvent.Fact> List<F> facts(Class<F> type) {
        return events.stream()
                .map(TrainEvent::fact)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    @Override
    public int unacknowledged() {
        return backlog;
    }

    @Override
    public Duration timeWithoutAcknowledgement() {
        return silence;
    }

    @Override
    public boolean awaitDelivered(Duration limit) {
        return true;
    }
}
