package dev.trainyard.trainer;

import dev.trainyard.artifact.ArtifactBackend;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.engine.ExportGate;
import dev.trainyard.storage.ArtifactStores;
import dev.trainyard.trainer.data.ShardDatasets;
import dev.trainyard.trainer.faults.FaultyArtifactStore;
import dev.trainyard.trainer.imports.CheckLimits;
import dev.trainyard.trainer.imports.CheckProcess;
import dev.trainyard.trainer.onnx.OnnxExportGate;
import dev.trainyard.trainer.run.Datasets;
import dev.trainyard.trainer.run.Engines;
import dev.trainyard.trainer.run.ImportCheck;
import dev.trainyard.trainer.runtime.TrainerSettings;
import dev.trainyard.worker.Worker;
import dev.trainyard.worker.WorkerName;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** CDI producers of the trainer. */
@Singleton
class TrainerProducers {
    static final String KIND = "trainer";

    @Produces
    @Singleton
    Worker worker(
            TrainerSettings settings,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            Engines engines,
            Datasets datasets,
            ExportGate gate,
            ImportCheck importCheck,
            MeterRegistry registry,
            Tracer tracer) {
        return new TrainerProcess(
                WorkerName.of(settings, KIND), settings, kafka, engines, datasets, gate, importCheck, registry, tracer);
    }

    @Produces
    @Singleton
    Engines engines(TrainerSettings settings) {
        return Engines.found(settings.engines(), settings.engine().threads());
    }

    @Produces
    @Singleton
    Datasets datasets(TrainerSettings settings) {
        return ShardDatasets.of(
                settings.datasets().dir(),
                settings.datasets().mnistSource(),
                settings.datasets()
                        .uri()
                        .map(uri -> ArtifactStores.open(
                                uri.strip(), settings.artifacts().s3(), "TRAINYARD_DATASETS_URI")));
    }

    @Produces
    @Singleton
    ExportGate gate() {
        return new OnnxExportGate();
    }

    @Produces
    @Singleton
    ImportCheck importCheck(TrainerSettings settings) {
        TrainerSettings.Import limits = settings.imports();
        return new CheckProcess(new CheckLimits(
                limits.time(),
                limits.processor(),
                limits.memory().asLongValue(),
                limits.run().processor(),
                limits.run().memory().asLongValue()));
    }

    /** Writes pass through the fault injection only if a test has enabled it. */
    static ArtifactStore artifacts(TrainerSettings settings, ArtifactBackend store) {
        Optional<Path> faults = settings.faults().dir();
        return faults.isPresent() ? FaultyArtifactStore.around(store, faults.get()) : store;
    }
}
