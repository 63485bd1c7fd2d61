package dev.trainyard.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.Tracer;

/** Names and attributes of spans of Kafka records, as OpenTelemetry's conventions for messaging name them. */
public final class MessagingAttributes {
    public static final AttributeKey<Long> BATCH_SIZE = AttributeKey.longKey("messaging.batch.message_count");
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    private static final AttributeKey<String> TOPIC = AttributeKey.stringKey("messaging.destination.name");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.type");

    private MessagingAttributes() {}

    /** @param operation {@code send} or {@code process} */
    public static SpanBuilder span(Tracer tracer, String operation, String topic) {
        return tracer.spanBuilder(operation + " " + topic)
                .setAttribute(SYSTEM, "kafka")
                .setAttribute(TOPIC, topic)
                .setAttribute(OPERATION, operation);
    }
}
