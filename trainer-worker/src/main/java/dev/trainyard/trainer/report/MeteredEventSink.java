package dev.trainyard.trainer.report;

import dev.trainyard.message.TrainEvent;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/** Counts events by type and exposes the current training speed. */
public final class MeteredEventSink implements EventSink {
    private final EventSink sink;
    private final MeterRegistry registry;
    private final AtomicReference<Double> samplesPerSecond = new AtomicReference<>(0.0);

    public MeteredEventSink(EventSink sink, MeterRegistry registry) {
        this.sink = sink;
        this.registry = registry;
        registry.gauge("trainyard.samples.per.second", samplesPerSecond, AtomicReference::get);
        registry.gauge("trainyard.events.unacknowledged", sink, EventSink::unacknowledged);
    }

    @Override
    public CompletionStage<Void> send(TrainEvent event) {
        TrainEvent.Fact fact = event.fact();
        registry.counter(
                        "trainyard.events",
                        "type",
                        fact.getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .increment();
        if (fact instanceof TrainEvent.Progress progress) {
            samplesPerSecond.set(progress.samplesPerSecond());
        } else if (!(fact instanceof TrainEvent.Heartbeat || fact instanceof TrainEvent.EpochEnded)) {
            samplesPerSecond.set(0.0);
        }
        return sink.send(event);
    }

    @Override
    public int unacknowledged() {
        return sink.unacknowledged();
    }

    @Override
    public Duration timeWithoutAcknowledgement() {
        return sink.timeWithoutAcknowledgement();
    }

    @Override
    public boolean awaitDelivered(Duration limit) throws InterruptedException {
        return sink.awaitDelivered(limit);
    }
}
