package dev.trainyard.trainer.imports;

import java.time.Duration;

/**
 * What the check of one imported file may take.
 *
 * @param time of the whole check, by the clock on the wall; large, as the machine may be busy
 * @param processor time of the whole check
 * @param memory address space of the process, in bytes
 * @param runProcessor processor time of loading the model, and of a run of up to {@link TrialRuns#USUAL} pictures; of
 *     more in proportion
 * @param runMemory what loading or one run may add to the memory of the process, in bytes
 */
public record CheckLimits(Duration time, Duration processor, long memory, Duration runProcessor, long runMemory) {
    /** Open files of the process: some hundred jars, native libraries and the model. */
    static final int FILES = 1024;

    /** Of each file that it writes; native libraries, which it unpacks, are the largest. */
    static final long FILE_BYTES = 512L << 20;

    /** Of the model that comes back. */
    static final long MODEL_BYTES = 48L << 20;

    static final long REPORT_BYTES = 64L << 10;
}
