package dev.trainyard.predictor.crash;

/** The operation that native code performs on a model. */
public enum Phase {
    /** Loads it and runs it for the first time. */
    LOAD(1, "load"),
    /** Runs predictions. */
    RUN(2, "run");

    private final int code;
    private final String wireName;

    Phase(int code, String wireName) {
        this.code = code;
        this.wireName = wireName;
    }

    int code() {
        return code;
    }

    String wireName() {
        return wireName;
    }
}
