package dev.trainyard.engine;

import java.util.OptionalLong;

/** Where an engine trains. */
public sealed interface TrainingDevice {
    TrainingDevice CPU = new Cpu();

    record Cpu() implements TrainingDevice {
        @Override
        public String toString() {
            return "cpu";
        }
    }

    /**
     * One NVIDIA GPU.
     *
     * @param index among the GPUs that the process may use, as CUDA counts them
     * @param memoryLimit bytes of its memory that the engine may take; empty for all
     */
    record Cuda(int index, OptionalLong memoryLimit) implements TrainingDevice {
        @Override
        public String toString() {
            return "cuda:" + index;
        }
    }
}
