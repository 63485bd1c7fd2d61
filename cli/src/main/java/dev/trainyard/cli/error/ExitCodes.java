package dev.trainyard.cli.error;

/** Exit statuses of the commands. The numbers are part of the public command line. */
public final class ExitCodes {
    public static final int SUCCESS = 0;
    /** A job failed, or the gateway refused the request. */
    public static final int FAILED = 1;
    /** Invalid arguments, an unreadable file, or an invalid configuration. */
    public static final int USAGE = 2;

    public static final int NOT_FOUND = 3;
    /** No gateway answers, or it is temporarily unavailable. */
    public static final int UNREACHABLE = 4;

    public static final int CANCELLED = 5;
    /** The same status as timeout(1). */
    public static final int TIMEOUT = 124;

    /** The status that a shell reports after a write to a closed pipe: 128 + SIGPIPE. */
    public static final int CLOSED_PIPE = 141;

    private ExitCodes() {}
}
