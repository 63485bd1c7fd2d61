package dev.trainyard.trainer.run;

import dev.trainyard.artifact.DiskFullException;
import dev.trainyard.job.FailureCode;
import java.io.IOException;

/** Converts artifact store errors, distinguishing a full disk, which needs an operator, from temporary errors. */
final class ArtifactErrors {
    private ArtifactErrors() {}

    /** @param what the artifact that could not be read, as the start of a sentence */
    static TrainingFailedException unread(String what, IOException e) {
        return new TrainingFailedException(
                FailureCode.ARTIFACT_STORE_FAILED, "%s could not be read: %s".formatted(what, e.getMessage()), e);
    }

    /** @param what the artifact that could not be stored, as the start of a sentence */
    static TrainingFailedException of(String what, IOException e) {
        String sentence = "%s could not be stored: %s".formatted(what, e.getMessage());
        if (!(e instanceof DiskFullException)) {
            return new TrainingFailedException(FailureCode.ARTIFACT_STORE_FAILED, sentence, e);
        }
        String remedy =
                ". Make room on the disk of the artifacts, then POST to retry: the job resumes after its last epoch.";
        return new TrainingFailedException(FailureCode.DISK_FULL, sentence + remedy, e);
    }
}
