package dev.trainyard.trainer.run;

import dev.trainyard.job.FailureCode;
import java.io.IOException;
import java.util.Locale;

/** Tells a full disk, which an operator must see to, from trouble that may pass. */
final class StoreTrouble {
    private StoreTrouble() {}

    static FailureCode code(IOException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        // Java has no type for ENOSPC and EDQUOT, only the system's words
        boolean full = message.contains("no space left") || message.contains("quota exceeded");
        return full ? FailureCode.DISK_FULL : FailureCode.ARTIFACT_STORE_FAILED;
    }
}
