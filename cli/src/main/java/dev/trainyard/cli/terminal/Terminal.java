package dev.trainyard.cli.terminal;

/**
 * What a person looks at.
 *
 * @param input whether stdin is a terminal
 * @param results whether stdout is one
 * @param progress whether stderr is one, on which a line can be overwritten
 * @param colours whether they are wanted at all
 */
public record Terminal(boolean input, boolean results, boolean progress, boolean colours) {
    /** Files and pipes. */
    public static final Terminal NONE = new Terminal(false, false, false, false);

    /** As {@code ./trainyard} found it: Java 17 cannot tell stdout and stderr apart. */
    public static Terminal ofProcess() {
        String noColor = System.getenv("NO_COLOR");
        boolean dumb = "dumb".equals(System.getenv("TERM"));
        return new Terminal(
                Boolean.getBoolean("trainyard.terminal.stdin"),
                Boolean.getBoolean("trainyard.terminal.stdout"),
                Boolean.getBoolean("trainyard.terminal.stderr") && !dumb,
                (noColor == null || noColor.isEmpty()) && !dumb);
    }

    /** The same without colours. */
    public Terminal plain() {
        return new Terminal(input, results, progress, false);
    }
}
