package dev.trainyard.trainer;

import dev.trainyard.trainer.data.ShardDatasets;
import dev.trainyard.trainer.engine.TrainingEngine;
import dev.trainyard.trainer.engine.dl4j.Dl4jEngine;
import dev.trainyard.trainer.onnx.OnnxGate;
import dev.trainyard.trainer.run.Datasets;
import dev.trainyard.trainer.run.ModelGate;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The parts this trainer is made of; another engine is chosen here. */
@Singleton
class TrainerParts {
    @Produces
    @Singleton
    TrainingEngine engine() {
        return new Dl4jEngine();
    }

    @Produces
    @Singleton
    Datasets datasets(TrainerSettings settings) {
        return new ShardDatasets(settings.datasets().dir(), settings.datasets().mnistSource());
    }

    @Produces
    @Singleton
    ModelGate gate() {
        return new OnnxGate();
    }
}
