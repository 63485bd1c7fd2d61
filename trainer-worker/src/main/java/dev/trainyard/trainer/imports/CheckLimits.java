package dev.trainyard.trainer.imports;

import java.time.Duration;

/**
 * Limits for the check of one imported file.
 *
 * @param time wall-clock time of the whole check; long, because the machine may be busy
 * @param processor time of the whole check
 * @param memory address space of the process, in bytes
 * @param runProcessor processor time of loading the model, and of a run of up to {@link TrialRuns#USUAL} images;
 *     proportionally more for larger runs
 * @param runMemory memory that loading or one run may add to the process, in bytes
 */
public record CheckLimits(Duration time, Duration processor, long memory, Duration runProcessor, long runMemory) {
    /** Open files of the process: several hundred jars, native libraries and the model. */
    static final int FILES = 1024;

    /** Size of each file that it writes; the unpacked native libraries are the largest. */
    static final long FILE_BYTES = 512L << 20;

    /** Size of the resulting model. */
    static final long MODEL_BYTES = 48L << 20;

    static final long REPORT_BYTES = 64L << 10;
}
