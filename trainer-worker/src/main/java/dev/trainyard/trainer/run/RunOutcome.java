package dev.trainyard.trainer.run;

import dev.trainyard.job.FailureCode;
import dev.trainyard.job.TrainingResult;

/** How a run ended on this worker. */
public sealed interface RunOutcome {

    /** Complete and reported. */
    record Succeeded(TrainingResult result) implements RunOutcome {}

    /** Not to be completed, reported with a code. */
    record Failed(FailureCode code, String message) implements RunOutcome {}

    /** Ended on request. */
    record Stopped(StopReason reason) implements RunOutcome {}
}
