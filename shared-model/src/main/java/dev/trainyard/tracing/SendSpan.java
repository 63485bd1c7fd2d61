package dev.trainyard.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** The span of one record that is sent to Kafka, until the broker has it. The record's header names it as parent. */
public final class SendSpan implements Callback {
    private static final SendSpan NONE = new SendSpan(Span.getInvalid());

    private final Span span;

    private SendSpan(Span span) {
        this.span = span;
    }

    /**
     * Starts the span of {@code message}; does nothing without a trace.
     *
     * @param traceparent of the span that sends it; null without one
     */
    public static SendSpan start(Tracer tracer, ProducerRecord<?, ?> message, @Nullable String traceparent) {
        if (traceparent == null) {
            return NONE;
        }
        Span span = MessagingAttributes.span(tracer, "send", message.topic())
                .setSpanKind(SpanKind.PRODUCER)
                .setParent(TraceParent.parse(traceparent))
                .startSpan();
        TraceParent.write(message.headers(), TraceParent.of(span));
        return new SendSpan(span);
    }

    /** Ends the span; used by producers. */
    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
        if (failure != null) {
            failed(failure);
        } else {
            span.end();
        }
    }

    /** Ends the span of a record that was not sent. */
    public void failed(Throwable failure) {
        span.setStatus(StatusCode.ERROR, failure.getClass().getSimpleName());
        span.end();
    }
}
