package dev.trainyard.trainer.faults;

/** What a test can make a trainer do; the file {@link #fileName} arms it, once. */
public enum Fault {
    /** Dies with half of a checkpoint's bytes in its temp file. */
    HALF_CHECKPOINT("half-checkpoint"),
    /** Dies with the model and its metadata stored and the result not yet sent. */
    MODEL_WRITTEN("model-written"),
    /** Never returns from the next write. */
    HANG("hang");

    private final String fileName;

    Fault(String fileName) {
        this.fileName = fileName;
    }

    public String fileName() {
        return fileName;
    }
}
