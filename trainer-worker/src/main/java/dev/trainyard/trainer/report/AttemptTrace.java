package dev.trainyard.trainer.report;

import dev.trainyard.message.TrainJob;
import dev.trainyard.tracing.LogFields;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The trace of one attempt. It is a trace of its own, because it may take hours, linked to that of the submit. The
 * phases of the run are its children.
 */
public final class AttemptTrace {
    private static final ContextKey<Tracer> TRACER = ContextKey.named("trainyard-tracer");
    private static final AttributeKey<String> JOB = AttributeKey.stringKey("trainyard.job.id");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("trainyard.job.attempt");
    private static final AttributeKey<String> NETWORK = AttributeKey.stringKey("trainyard.network");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("trainyard.outcome");

    private final TrainJob job;
    private final Span span;
    private final Context context;

    private AttemptTrace(TrainJob job, Span span, Context context) {
        this.job = job;
        this.span = span;
        this.context = context;
    }

    /** Without a recorded trace. */
    public static AttemptTrace none(TrainJob job) {
        return new AttemptTrace(job, Span.getInvalid(), Context.root());
    }

    /** Starts the trace, linked to the current span: that which sent the record. */
    public static AttemptTrace start(Tracer tracer, TrainJob job) {
        SpanBuilder builder = tracer.spanBuilder("train attempt")
                .setNoParent()
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute(JOB, job.key().toString())
                .setAttribute(ATTEMPT, (long) job.attempt())
                .setAttribute(NETWORK, job.config().network());
        SpanContext sender = Span.current().getSpanContext();
        if (sender.isValid()) {
            builder.addLink(sender);
        }
        Span span = builder.startSpan();
        Context context = Context.root().with(span);
        return new AttemptTrace(job, span, span.isRecording() ? context.with(TRACER, tracer) : context);
    }

    /** Runs {@code work} with this as the trace of the thread, and the job in its log. */
    public <T> T within(Supplier<T> work) {
        try (Scope scope = context.makeCurrent();
                MDC.MDCCloseable jobField =
                        MDC.putCloseable(LogFields.JOB, job.key().toString());
                MDC.MDCCloseable attemptField = MDC.putCloseable(LogFields.ATTEMPT, String.valueOf(job.attempt()))) {
            return work.get();
        }
    }

    /**
     * Ends the trace.
     *
     * @param outcome in one word
     * @param failed true if the attempt failed
     */
    public void end(String outcome, boolean failed) {
        span.setAttribute(OUTCOME, outcome);
        if (failed) {
            span.setStatus(StatusCode.ERROR, outcome);
        }
        span.end();
    }

    /** Starts the span of a phase of the current attempt; null if that is not recorded. */
    static @Nullable Span phase(String name) {
        Tracer tracer = Context.current().get(TRACER);
        return tracer == null ? null : tracer.spanBuilder(name).startSpan();
    }
}
