package dev.trainyard.trainer;

import dev.trainyard.engine.ExportGate;
import dev.trainyard.trainer.run.Datasets;
import dev.trainyard.trainer.run.Engines;
import dev.trainyard.trainer.run.FakeEngine;
import dev.trainyard.trainer.run.ImportCheck;
import dev.trainyard.trainer.run.TrainJobs;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Fake engine, data and gate for tests of the service around them. */
@Alternative
@Priority(1)
@Singleton
class FakeTrainerProducers {
    @Produces
    @Singleton
    Engines engines() {
        return Engines.only(new FakeEngine());
    }

    @Produces
    @Singleton
    Datasets datasets() {
        return name -> TrainJobs.data(100, 30);
    }

    @Produces
    @Singleton
    ImportCheck importCheck() {
        return ImportCheck.NONE;
    }

    @Produces
    @Singleton
    ExportGate gate() {
        return (onnx, run, images) -> 0;
    }
}
