package dev.trainyard.tracing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class TracingTest {
    private static final String RECORDED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String NOT_RECORDED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

    @Test
    void theCurrentSpanTravelsAsW3cText() {
        try (Scope scope = TraceParent.parse(RECORDED).makeCurrent()) {
            assertThat(TraceParent.current()).isEqualTo(RECORDED);
            assertThat(TraceParent.ofSampled()).isEqualTo(RECORDED);
        }
        try (Scope scope = TraceParent.parse(NOT_RECORDED).makeCurrent()) {
            assertThat(TraceParent.current()).isEqualTo(NOT_RECORDED);
            assertThat(TraceParent.ofSampled()).isNull();
        }
        assertThat(TraceParent.current()).isNull();
    }

    @Test
    void unreadableTextIsNoTrace() {
        for (String bad :
                List.of("", "00", "01-2-3-4", "00-" + "0".repeat(32) + "-b7ad6b7169203331-01", "é".repeat(99))) {
            RecordHeaders headers = new RecordHeaders();
            headers.add(TraceParent.HEADER, bad.getBytes(US_ASCII));
            assertThat(Span.fromContext(TraceParent.read(headers))
                            .getSpanContext()
                            .isValid())
                    .as(bad)
                    .isFalse();
        }
        RecordHeaders empty = new RecordHeaders();
        empty.add(TraceParent.HEADER, null);
        assertThat(Span.fromContext(TraceParent.read(empty)).getSpanContext().isValid())
                .isFalse();
    }

    @Test
    void aSentRecordNamesItsSpanWhoseParentIsTheSender() {
        ProducerRecord<String, byte[]> message = new ProducerRecord<>("train.jobs", new byte[0]);

        SendSpan.start(tracer(0), message, RECORDED).onCompletion(null, null);

        SpanData span = onlySpan();
        assertThat(span.getName()).isEqualTo("send train.jobs");
        assertThat(span.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(span.getParentSpanContext()).isEqualTo(context(RECORDED));
        assertThat(context(message).getSpanId()).isEqualTo(span.getSpanId());
        assertThat(context(message).getTraceId()).isEqualTo(span.getTraceId());
    }

    @Test
    void aRecordThatCannotBeSentIsAnErrorWithoutItsText() {
        ProducerRecord<String, byte[]> message = new ProducerRecord<>("train.jobs", new byte[0]);

        SendSpan.start(tracer(0), message, RECORDED).onCompletion(null, new TimeoutException("secret"));

        assertThat(onlySpan().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(onlySpan().toString()).doesNotContain("secret");
    }

    @Test
    void aRecordWithoutATraceHasNoHeader() {
        ProducerRecord<String, byte[]> message = new ProducerRecord<>("train.jobs", new byte[0]);

        SendSpan.start(tracer(1), message, null).onCompletion(null, null);

        assertThat(message.headers()).isEmpty();
        assertThat(exporter.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void aBatchIsATraceOfItsOwnLinkedToItsRecordedRequests() {
        BatchSpan.start(
                        tracer(0),
                        "predict.requests",
                        List.of(received(RECORDED), received(NOT_RECORDED), received(null)))
                .end();

        SpanData span = onlySpan();
        assertThat(span.getName()).isEqualTo("process predict.requests");
        assertThat(span.getParentSpanContext().isValid()).isFalse();
        assertThat(span.getTraceId()).isNotEqualTo(context(RECORDED).getTraceId());
        assertThat(span.getLinks()).extracting(LinkData::getSpanContext).containsExactly(context(RECORDED));
        assertThat(span.getAttributes().get(MessagingAttributes.BATCH_SIZE)).isEqualTo(3);
    }

    @Test
    void aBatchWithoutARecordedRequestIsNoTrace() {
        BatchSpan.start(tracer(1), "predict.requests", List.of(received(NOT_RECORDED), received(null)))
                .end();

        assertThat(exporter.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void newTracesAreSampledByTheRatioAndLinkedOnesLikeTheirLinks() {
        Tracer half = tracer(0.5);
        IntStream.range(0, 1_000)
                .forEach(i -> half.spanBuilder("root").startSpan().end());
        assertThat(exporter.getFinishedSpanItems()).hasSizeBetween(400, 600);
        exporter.reset();

        Tracer all = tracer(1);
        all.spanBuilder("unlinked").startSpan().end();
        all.spanBuilder("of-an-unrecorded-one")
                .addLink(context(NOT_RECORDED))
                .startSpan()
                .end();
        all.spanBuilder("child-of-an-unrecorded-one")
                .setParent(TraceParent.parse(NOT_RECORDED))
                .startSpan()
                .end();
        assertThat(exporter.getFinishedSpanItems())
                .extracting(SpanData::getName)
                .containsExactly("unlinked");
    }

    private Tracer tracer(double ratio) {
        return SdkTracerProvider.builder()
                .setSampler(LinkedSampler.of(ratio))
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build()
                .get("test");
    }

    private SpanData onlySpan() {
        assertThat(exporter.getFinishedSpanItems()).hasSize(1);
        return exporter.getFinishedSpanItems().get(0);
    }

    private static ConsumerRecord<byte[], byte[]> received(String traceparent) {
        ConsumerRecord<byte[], byte[]> message = new ConsumerRecord<>("predict.requests", 0, 0, null, new byte[0]);
        TraceParent.write(message.headers(), traceparent);
        return message;
    }

    private static SpanContext context(ProducerRecord<?, ?> message) {
        return Span.fromContext(TraceParent.read(message.headers())).getSpanContext();
    }

    private static SpanContext context(String traceparent) {
        return Span.fromContext(TraceParent.parse(traceparent)).getSpanContext();
    }
}
