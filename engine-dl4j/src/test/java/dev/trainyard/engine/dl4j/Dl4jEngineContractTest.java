package dev.trainyard.engine.dl4j;

import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.engine.TrainingEngineContract;

class Dl4jEngineContractTest extends TrainingEngineContract {
    private static final TrainingEngine ENGINE = new Dl4jEngine();

    @Override
    protected TrainingEngine engine() {
        return ENGINE;
    }
}
