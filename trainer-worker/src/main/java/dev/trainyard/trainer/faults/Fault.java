package dev.trainyard.trainer.faults;

/** Faults that a test can inject into a trainer; the file {@link #fileName} triggers a fault once. */
public enum Fault {
    /** Exits with half of a checkpoint written to its temp file. */
    HALF_CHECKPOINT("half-checkpoint"),
    /** Exits after storing the model and its metadata, before sending the result. */
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
