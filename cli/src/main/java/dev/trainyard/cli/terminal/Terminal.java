package dev.trainyard.cli.terminal;

/**
 * Terminal capabilities of the process.
 *
 * @param input true if stdin is a terminal
 * @param results true if stdout is a terminal
 * @param progress true if stderr is a terminal on which lines can be overwritten
 * @param colours true if colours are enabled
 */
public record Terminal(boolean input, boolean results, boolean progress, boolean colours) {
    /** Neither stream is a terminal. */
    public static final Terminal NONE = new Terminal(false, false, false, false);

    /** Reads the properties that {@code ./trainyard} sets, because Java 17 cannot test stdout and stderr separately. */
    public static Terminal ofProcess() {
        String noColor = System.getenv("NO_COLOR");
        boolean dumb = "dumb".equals(System.getenv("TERM"));
        return new Terminal(
                Boolean.getBoolean("trainyard.terminal.stdin"),
                Boolean.getBoolean("trainyard.terminal.stdout"),
                Boolean.getBoolean("trainyard.terminal.stderr") && !dumb,
                (noColor == null || noColor.isEmpty()) && !dumb);
    }

    /** Returns a copy without colours. */
    public Terminal plain() {
        return new Terminal(input, results, progress, false);
    }
}
