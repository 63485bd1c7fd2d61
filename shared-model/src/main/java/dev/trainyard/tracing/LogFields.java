package dev.trainyard.tracing;

/** Names of fields that a log in JSON has besides those of the framework. */
public final class LogFields {
    /** The request id of {@code X-Request-Id}. */
    public static final String REQUEST = "requestId";

    /** The key of a job. */
    public static final String JOB = "jobId";

    public static final String ATTEMPT = "attempt";

    private LogFields() {}
}
