package dev.trainyard.trainer.run;

import dev.trainyard.job.FailureCode;
import org.jspecify.annotations.Nullable;

/** The attempt failed; contains the message for the client. Unchecked, because it must pass through the engine. */
public final class TrainingFailedException extends RuntimeException {
    private final FailureCode code;

    public TrainingFailedException(FailureCode code, String message) {
        this(code, message, null);
    }

    public TrainingFailedException(FailureCode code, @Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public FailureCode code() {
        return code;
    }
}
