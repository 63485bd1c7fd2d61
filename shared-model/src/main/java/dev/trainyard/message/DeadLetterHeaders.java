package dev.trainyard.message;

/** Record headers of a dead letter, all UTF-8 text: why it was put aside, and where it lay. */
public final class DeadLetterHeaders {
    public static final String REASON = "trainyard-reason";
    public static final String SOURCE_TOPIC = "trainyard-source-topic";
    public static final String SOURCE_PARTITION = "trainyard-source-partition";
    public static final String SOURCE_OFFSET = "trainyard-source-offset";
    public static final String WORKER = "trainyard-worker";

    private DeadLetterHeaders() {}
}
