package dev.trainyard.cli;

import picocli.CommandLine;

/** A command did not do what was asked; its message is for the one who asked. */
final class CommandFailure extends Exception implements CommandLine.IExitCodeGenerator {
    static final int FAILED = 1;
    static final int NOT_FOUND = 3;
    static final int UNREACHABLE = 4;

    private final int exitCode;

    CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    @Override
    public int getExitCode() {
        return exitCode;
    }
}
