package dev.trainyard.engine.dl4j;

import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.engine.TrainingMathContract;

class Dl4jMathContractTest extends TrainingMathContract {
    private static final TrainingEngine ENGINE = new Dl4jEngine();

    @Override
    protected TrainingEngine engine() {
        return ENGINE;
    }
}
