package dev.trainyard.engine.libtorch;

import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.engine.TrainingMathContract;

class LibtorchMathContractTest extends TrainingMathContract {
    private static final TrainingEngine ENGINE = new LibtorchEngine();

    @Override
    protected TrainingEngine engine() {
        return ENGINE;
    }
}
