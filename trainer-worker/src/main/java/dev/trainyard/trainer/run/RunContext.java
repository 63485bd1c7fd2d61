package dev.trainyard.trainer.run;

import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.engine.ExportGate;
import dev.trainyard.trainer.report.RunClock;
import java.time.Duration;

/** Dependencies shared by all runs of this worker. */
public record RunContext(
        Engines engines,
        Datasets datasets,
        ArtifactStore artifacts,
        ExportGate gate,
        ImportCheck importCheck,
        RunClock clock,
        Duration progressInterval) {}
