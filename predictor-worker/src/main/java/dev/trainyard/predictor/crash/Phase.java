package dev.trainyard.predictor.crash;

/** What native code does with a model. */
public enum Phase {
    /** Reads it and runs it for the first time. */
    LOAD(1, "load"),
    /** Answers pictures with it. */
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
