package dev.trainyard.trainer.run;

import dev.trainyard.artifact.DiskFullException;
import dev.trainyard.job.FailureCode;
import java.io.IOException;

/** Tells a full disk, which an operator must see to, from trouble that may pass. */
final class ArtifactErrors {
    private ArtifactErrors() {}

    /** @param what could not be stored, the beginning of a sentence */
    static TrainingFailedException of(String what, IOException e) {
        String sentence = "%s could not be stored: %s".formatted(what, e.getMessage());
        if (!(e instanceof DiskFullException)) {
            return new TrainingFailedException(FailureCode.ARTIFACT_STORE_FAILED, sentence, e);
        }
        String remedy =
                ". Make room on the disk of the artifacts, then POST to retry: the job goes on after its last epoch.";
        return new TrainingFailedException(FailureCode.DISK_FULL, sentence + remedy, e);
    }
}
