package dev.trainyard.predictor;

import dev.trainyard.predictor.report.ReportChannel;
import dev.trainyard.predictor.runtime.PredictorSettings;
import dev.trainyard.worker.Worker;
import dev.trainyard.worker.WorkerName;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;

/** CDI producers of the predictor. */
@Singleton
class PredictorProducers {
    static final String KIND = "predictor";

    @Produces
    @Singleton
    Worker worker(
            PredictorSettings settings,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            ReportChannel reports,
            MeterRegistry registry,
            Tracer tracer) {
        return new PredictorProcess(WorkerName.of(settings, KIND), settings, kafka, reports, registry, tracer);
    }
}
