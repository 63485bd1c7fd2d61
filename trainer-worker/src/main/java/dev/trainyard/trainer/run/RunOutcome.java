package dev.trainyard.trainer.run;

import dev.trainyard.job.FailureCode;
import dev.trainyard.job.TrainingResult;

/** Outcome of a run on this worker. */
public sealed interface RunOutcome {

    /** Complete and reported. */
    record Succeeded(TrainingResult result) implements RunOutcome {}

    /** Failed and reported with a code. */
    record Failed(FailureCode code, String message) implements RunOutcome {}

    /** Stopped on request. */
    record Stopped(StopReason reason) implements RunOutcome {}
}
