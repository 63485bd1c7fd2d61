package dev.trainyard.engine.libtorch;

import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.engine.TrainingEngineContract;

class LibtorchEngineContractTest extends TrainingEngineContract {
    private static final TrainingEngine ENGINE = new LibtorchEngine();

    @Override
    protected TrainingEngine engine() {
        return ENGINE;
    }
}
