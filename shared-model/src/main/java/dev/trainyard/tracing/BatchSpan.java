package dev.trainyard.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The span of records that are processed together: a trace of its own, linked to those of the records. */
public final class BatchSpan {
    /** Further links of one span are dropped by default. */
    private static final int MOST_LINKS = 128;

    private BatchSpan() {}

    /** Starts the span of {@code records}; an invalid one if none of them is traced. */
    public static Span start(Tracer tracer, String topic, Iterable<? extends ConsumerRecord<?, ?>> records) {
        Set<SpanContext> senders = new LinkedHashSet<>();
        int count = 0;
        for (ConsumerRecord<?, ?> message : records) {
            count++;
            SpanContext sender =
                    Span.fromContext(TraceParent.read(message.headers())).getSpanContext();
            if (sender.isSampled()) {
                senders.add(sender);
            }
        }
        return start(tracer, topic, senders, count);
    }

    /**
     * As {@link #start}.
     *
     * @param senders recorded spans that sent records of the batch
     * @param count number of records
     */
    public static Span start(Tracer tracer, String topic, Collection<SpanContext> senders, int count) {
        if (senders.isEmpty()) {
            return Span.getInvalid();
        }
        SpanBuilder span = MessagingAttributes.span(tracer, "process", topic)
                .setNoParent()
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute(MessagingAttributes.BATCH_SIZE, (long) count);
        senders.stream().limit(MOST_LINKS).forEach(span::addLink);
        return span.startSpan();
    }
}
