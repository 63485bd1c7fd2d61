package dev.trainyard.engine.vector;

import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.engine.TrainingEngineContract;

class VectorEngineContractTest extends TrainingEngineContract {
    private static final TrainingEngine ENGINE = new VectorEngine();

    @Override
    protected TrainingEngine engine() {
        return ENGINE;
    }
}
