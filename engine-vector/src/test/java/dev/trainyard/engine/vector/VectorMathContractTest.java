package dev.trainyard.engine.vector;

import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.engine.TrainingMathContract;

class VectorMathContractTest extends TrainingMathContract {
    private static final TrainingEngine ENGINE = new VectorEngine();

    @Override
    protected TrainingEngine engine() {
        return ENGINE;
    }
}
