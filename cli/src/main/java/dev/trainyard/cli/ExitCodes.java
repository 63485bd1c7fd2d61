package dev.trainyard.cli;

/** What a command's exit status says; the numbers are part of the command line. */
public final class ExitCodes {
    public static final int SUCCESS = 0;
    /** A job failed, or the gateway refused. */
    public static final int FAILED = 1;
    /** Wrong words, a file that cannot be read, or a configuration that is not valid. */
    public static final int USAGE = 2;

    public static final int NOT_FOUND = 3;
    /** No gateway answers, or it cannot work now. */
    public static final int UNREACHABLE = 4;

    public static final int CANCELLED = 5;
    /** As timeout(1) has it. */
    public static final int TIMEOUT = 124;

    /** As a shell has it for a command that wrote to nobody: 128 + SIGPIPE. */
    public static final int CLOSED_PIPE = 141;

    private ExitCodes() {}
}
