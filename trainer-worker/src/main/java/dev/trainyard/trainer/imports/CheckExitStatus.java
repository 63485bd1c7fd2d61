package dev.trainyard.trainer.imports;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Describes how a check process without a report ended.
 *
 * @param isOfTheFile true if the file is the cause, so that a retry would end in the same way
 * @param sentence description and remedy, as the rest of a sentence
 */
record CheckExitStatus(boolean isOfTheFile, String sentence) {
    private static final int SIGNALLED = 128;
    private static final int SIGABRT = SIGNALLED + 6;
    private static final int SIGBUS = SIGNALLED + 7;
    private static final int SIGFPE = SIGNALLED + 8;
    private static final int SIGKILL = SIGNALLED + 9;
    private static final int SIGSEGV = SIGNALLED + 11;
    private static final int SIGXCPU = SIGNALLED + 24;
    private static final int SIGXFSZ = SIGNALLED + 25;

    private static final int HEAP_EXHAUSTED = 3;

    private static final int LONGEST = 300;
    /** The message with which the JVM reports a signal in native code before it aborts. */
    private static final Pattern FATAL = Pattern.compile("#\\s+(SIG[A-Z]+) \\(");

    private static final Pattern NO_MEMORY = Pattern.compile(
            "bad_alloc|OutOfMemoryError|insufficient memory|Cannot allocate memory|Could not reserve|unable to allocate",
            Pattern.CASE_INSENSITIVE);

    /** @param output end of the process' output */
    static CheckExitStatus of(int status, String output, CheckLimits limits) {
        Matcher fatal = FATAL.matcher(output);
        String signal = fatal.find() ? fatal.group(1) : "";
        if (!signal.isEmpty()) {
            return crash(status, signal);
        }
        boolean memory = NO_MEMORY.matcher(output).find();
        return switch (status) {
            case CheckCommand.LIMITS_MISSING ->
                new CheckExitStatus(
                        false,
                        "its limits on memory, processor time, open files and file size could not be set with the ulimit of /bin/sh (%s). Allow them to the trainer."
                                .formatted(last(output)));
            case SIGXCPU ->
                new CheckExitStatus(
                        true,
                        "its check used %s of processor time. Import a smaller model."
                                .formatted(CheckProcess.text(limits.processor())));
            case SIGXFSZ ->
                new CheckExitStatus(true, "its check wrote a file that is too large. Import a smaller model.");
            case SIGKILL ->
                new CheckExitStatus(
                        false, "its check was killed, perhaps because the machine ran out of memory. Import it again.");
            case HEAP_EXHAUSTED -> noMemory(limits);
            case SIGFPE, SIGSEGV, SIGBUS, SIGABRT -> memory ? noMemory(limits) : crash(status, signal);
            default ->
                memory
                        ? noMemory(limits)
                        : new CheckExitStatus(
                                false, "its check ended with status %d: %s".formatted(status, last(output)));
        };
    }

    private static CheckExitStatus noMemory(CheckLimits limits) {
        return new CheckExitStatus(
                true,
                "its check needed more than the %,d MB of memory that it may take. Import a smaller model."
                        .formatted(limits.memory() >> 20));
    }

    private static CheckExitStatus crash(int status, String signal) {
        if (status == SIGFPE || signal.equals("SIGFPE")) {
            return new CheckExitStatus(
                    true,
                    "its check was ended by SIGFPE: an operator divides integers by zero. Export the model without it.");
        }
        return new CheckExitStatus(
                true,
                "its check crashed in native code (%s). Export the model again, or with another tool."
                        .formatted(signal.isEmpty() ? "signal " + (status - SIGNALLED) : signal));
    }

    /** The last line that gives a reason, or else the last line. */
    private static String last(String output) {
        List<String> lines = output.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("at ") && !line.startsWith("... "))
                .toList();
        String line = lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
        return line.substring(0, Math.min(LONGEST, line.length()));
    }
}
