package dev.trainyard.predictor.request;

import dev.trainyard.message.PredictReply;
import dev.trainyard.tracing.MessagingAttributes;
import dev.trainyard.tracing.TraceParent;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/** The span of one request, from its record to its reply, in the trace of the client's request. */
public final class RequestTrace {
    /** Of a request whose trace is not recorded. */
    public static final RequestTrace NONE = new RequestTrace(SpanContext.getInvalid(), Span.getInvalid());

    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("trainyard.outcome");

    private final SpanContext sender;
    private final Span span;

    private RequestTrace(SpanContext sender, Span span) {
        this.sender = sender;
        this.span = span;
    }

    /** Predictors start no traces: gateways decide which are recorded. */
    static RequestTrace start(Tracer tracer, ConsumerRecord<?, ?> message) {
        Context sender = TraceParent.read(message.headers());
        SpanContext context = Span.fromContext(sender).getSpanContext();
        return context.isSampled()
                ? new RequestTrace(
                        context,
                        MessagingAttributes.span(tracer, "process", message.topic())
                                .setSpanKind(SpanKind.CONSUMER)
                                .setParent(sender)
                                .startSpan())
                : NONE;
    }

    public boolean isRecorded() {
        return this != NONE;
    }

    /** The span of the gateway that sent the request. */
    public SpanContext sender() {
        return sender;
    }

    /** Adds the span to the record of the reply. */
    public void write(Headers reply) {
        if (isRecorded()) {
            TraceParent.write(reply, TraceParent.of(span));
        }
    }

    /** Ends the span with what the reply says. */
    public void end(PredictReply.Outcome outcome) {
        if (!isRecorded()) {
            return;
        }
        if (outcome instanceof PredictReply.Unavailable) {
            span.setStatus(StatusCode.ERROR);
        }
        end(outcome.getClass().getSimpleName().toLowerCase(Locale.ROOT));
    }

    /** Ends the span of a request whose client no longer waits. */
    public void expired() {
        span.setStatus(StatusCode.ERROR);
        end("expired");
    }

    private void end(String outcome) {
        span.setAttribute(OUTCOME, outcome);
        span.end();
    }
}
