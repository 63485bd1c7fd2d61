package dev.trainyard.tracing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The position in a trace as the W3C text {@code traceparent}, which travels in record headers and database columns.
 * Services without tracing, and those of the release before, ignore it.
 */
public final class TraceParent {
    /** Name of the record header. */
    public static final String HEADER = "traceparent";

    private static final TextMapGetter<String> TEXT = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String carrier) {
            return List.of(HEADER);
        }

        @Override
        public @Nullable String get(@Nullable String carrier, String key) {
            return key.equals(HEADER) ? carrier : null;
        }
    };

    private TraceParent() {}

    /** Returns that of the current span; null if there is none. */
    public static @Nullable String current() {
        return of(Span.current());
    }

    /** Returns that of the current span; null if there is none, or if its trace is not recorded. */
    public static @Nullable String ofSampled() {
        Span span = Span.current();
        return span.getSpanContext().isSampled() ? of(span) : null;
    }

    /** Returns that of {@code span}; null if it belongs to no trace. */
    public static @Nullable String of(Span span) {
        SpanContext context = span.getSpanContext();
        return context.isValid()
                ? "00-%s-%s-%s"
                        .formatted(
                                context.getTraceId(),
                                context.getSpanId(),
                                context.getTraceFlags().asHex())
                : null;
    }

    /** Returns a context with the remote span of {@code text}; the root context if that is null or unreadable. */
    public static Context parse(@Nullable String text) {
        return text == null
                ? Context.root()
                : W3CTraceContextPropagator.getInstance().extract(Context.root(), text, TEXT);
    }

    /** As {@link #parse}, of a record. */
    public static Context read(Headers headers) {
        Header header = headers.lastHeader(HEADER);
        return header == null || header.value() == null ? Context.root() : parse(new String(header.value(), US_ASCII));
    }

    /** Adds {@code text} to a record unless it is null. */
    public static void write(Headers headers, @Nullable String text) {
        if (text != null) {
            headers.add(HEADER, text.getBytes(US_ASCII));
        }
    }
}
