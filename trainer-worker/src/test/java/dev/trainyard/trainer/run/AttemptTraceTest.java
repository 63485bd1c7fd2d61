package dev.trainyard.trainer.run;

import static dev.trainyard.trainer.run.TrainJobs.aTrainJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.message.TrainJob;
import dev.trainyard.tracing.LinkedSampler;
import dev.trainyard.tracing.LogFields;
import dev.trainyard.tracing.TraceParent;
import dev.trainyard.trainer.report.AttemptTrace;
import dev.trainyard.trainer.report.JobPhase;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class AttemptTraceTest {
    private static final String RECORDED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String NOT_RECORDED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final Tracer tracer = SdkTracerProvider.builder()
            .setSampler(LinkedSampler.of(0))
            .addSpanProcessor(SimpleSpanProcessor.create(exporter))
            .build()
            .get("test");
    private final TrainJob job = aTrainJob().build();

    @Test
    void anAttemptIsATraceOfItsOwnWithItsPhases() {
        AttemptTrace trace = started(RECORDED);
        trace.within(() -> {
            try (JobPhase whole = JobPhase.of(JobPhase.JOB)) {
                try (JobPhase phase = JobPhase.of("training")) {
                    assertThat(phase).isNotNull();
                }
                try (JobPhase phase = JobPhase.of(JobPhase.EVENTS)) {
                    assertThat(phase).isNotNull();
                }
            }
            return null;
        });
        trace.end("training_diverged", true);

        List<SpanData> spans = exporter.getFinishedSpanItems();
        assertThat(spans).extracting(SpanData::getName).containsExactly("training", "train attempt");
        SpanData attempt = spans.get(1);
        assertThat(attempt.getParentSpanContext().isValid()).isFalse();
        assertThat(attempt.getTraceId())
                .isNotEqualTo(sender(RECORDED).getSpanContext().getTraceId());
        assertThat(attempt.getLinks()).singleElement().satisfies(link -> assertThat(link.getSpanContext())
                .isEqualTo(sender(RECORDED).getSpanContext()));
        assertThat(attempt.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attempt.getAttributes().asMap().values()).contains(job.key().toString(), "training_diverged");
        assertThat(spans.get(0).getParentSpanId()).isEqualTo(attempt.getSpanId());
    }

    @Test
    void anAttemptOfASubmitThatIsNotRecordedIsNotRecorded() {
        AttemptTrace trace = started(NOT_RECORDED);
        trace.within(() -> {
            try (JobPhase phase = JobPhase.of("training")) {
                assertThat(TraceParent.ofSampled()).isNull();
            }
            return null;
        });
        trace.end("succeeded", false);

        assertThat(exporter.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void theLogNamesTheJobDuringTheAttemptOnly() {
        AttemptTrace trace = AttemptTrace.none(job);
        trace.within(() -> {
            assertThat(MDC.get(LogFields.JOB)).isEqualTo(job.key().toString());
            assertThat(MDC.get(LogFields.ATTEMPT)).isEqualTo(String.valueOf(job.attempt()));
            return null;
        });

        assertThat(MDC.get(LogFields.JOB)).isNull();
        assertThat(MDC.get(LogFields.ATTEMPT)).isNull();
    }

    private AttemptTrace started(String traceparent) {
        try (Scope scope = TraceParent.parse(traceparent).makeCurrent()) {
            return AttemptTrace.start(tracer, job);
        }
    }

    private static Span sender(String traceparent) {
        return Span.fromContext(TraceParent.parse(traceparent));
    }
}
