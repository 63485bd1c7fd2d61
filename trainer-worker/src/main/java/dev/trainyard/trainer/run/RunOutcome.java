package dev.trainyard.trainer.run;

import dev.trainyard.job.FailureCode;
import dev.trainyard.job.TrainingResult;
import java.util.Locale;

/** Outcome of a run on this worker. */
public sealed interface RunOutcome {

    /** Short name for metrics and traces. */
    String name();

    /** Complete and reported. */
    record Succeeded(TrainingResult result) implements RunOutcome {
        @Override
        public String name() {
            return "succeeded";
        }
    }

    /** Failed and reported with a code. */
    record Failed(FailureCode code, String message) implements RunOutcome {
        @Override
        public String name() {
            return code.name().toLowerCase(Locale.ROOT);
        }
    }

    /** Stopped on request. */
    record Stopped(StopReason reason) implements RunOutcome {
        @Override
        public String name() {
            return reason.name().toLowerCase(Locale.ROOT);
        }
    }
}
